import type { Knex } from 'knex';

/**
 * What is sent next is the first entry of an index, however much waits behind it. `priority` is the order in which messages
 * go (0 first); `ready` is false while the message whose thread it belongs in has not been posted. The database fills in
 * both where a replica of the version before does not, and its lock on the root lets a reply and the posting of its root
 * see each other.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table slack_outbox
      add column priority smallint,
      add column ready boolean not null default true;
    update slack_outbox o set
      priority = case kind when 'reply' then 3 when 'incident' then 4 else 2 end,
      ready = root_key is null
        or exists (select from slack_outbox root where root.key = o.root_key and root.ts is not null);
    alter table slack_outbox alter column priority set not null;

    drop index slack_outbox_parts;
    drop index slack_outbox_due;
    create index slack_outbox_thread on slack_outbox (root_key, kind, seq) where root_key is not null;
    create index slack_outbox_posts on slack_outbox (channel, priority, seq)
      where status = 'open' and ts is null and ready;
    create index slack_outbox_updates on slack_outbox (priority, next_attempt_at)
      where status = 'open' and ts is not null and sent_revision < desired_revision;
    create index slack_outbox_leased on slack_outbox (channel, leased_by) where leased_until is not null;

    create function place_message() returns trigger language plpgsql as $$
    begin
      new.priority := coalesce(new.priority, case new.kind when 'reply' then 3 when 'incident' then 4 else 2 end);
      if new.root_key is not null then
        select ts is not null into new.ready from slack_outbox where key = new.root_key for share;
        new.ready := coalesce(new.ready, false);
      end if;
      return new;
    end $$;
    create trigger place_message before insert on slack_outbox for each row execute function place_message();

    create function open_thread() returns trigger language plpgsql as $$
    begin
      update slack_outbox set ready = new.ts is not null where root_key = new.key and ready <> (new.ts is not null);
      return null;
    end $$;
    create trigger open_thread after update of ts on slack_outbox for each row
      when (new.root_key is null and (old.ts is null) <> (new.ts is null)) execute function open_thread()
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function open_thread() cascade;
    drop function place_message() cascade;
    drop index slack_outbox_leased;
    drop index slack_outbox_updates;
    drop index slack_outbox_posts;
    drop index slack_outbox_thread;
    alter table slack_outbox drop column ready, drop column priority;
    create index slack_outbox_due on slack_outbox (seq) where status = 'open' and sent_revision < desired_revision;
    create index slack_outbox_parts on slack_outbox (root_key, seq) where kind = 'part'
  `);
}
