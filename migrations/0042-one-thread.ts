import type { Knex } from 'knex';

/**
 * An incident has one thread: the cards of what follows its first remediation are posted there, too, and know their root.
 * When an incident is over, it is closed, and what comes later about its owner is another one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incidents add column closed_at timestamptz;
    alter table slack_outbox
      drop constraint slack_outbox_root_check,
      add constraint slack_outbox_root_check check (
        kind = 'card' or (kind in ('reply', 'part')) = (root_key is not null));
    drop trigger open_thread on slack_outbox;
    create trigger open_thread after update of ts on slack_outbox for each row
      when ((old.ts is null) <> (new.ts is null)) execute function open_thread()
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update slack_outbox set root_key = null, ready = true where kind = 'card' and root_key is not null;
    drop trigger open_thread on slack_outbox;
    create trigger open_thread after update of ts on slack_outbox for each row
      when (new.root_key is null and (old.ts is null) <> (new.ts is null)) execute function open_thread();
    alter table slack_outbox
      drop constraint slack_outbox_root_check,
      add constraint slack_outbox_root_check check ((kind in ('reply', 'part')) = (root_key is not null));
    alter table incidents drop column closed_at
  `);
}
