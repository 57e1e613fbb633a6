import type { Knex } from 'knex';

/** Messages in a card's thread with what it has no room for, and whether a message was taken in its short form only. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table slack_outbox
      drop constraint slack_outbox_kind_check,
      drop constraint slack_outbox_check,
      add column short boolean not null default false,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply', 'part')),
      add constraint slack_outbox_root_check check ((kind in ('reply', 'part')) = (root_key is not null));
    create index slack_outbox_parts on slack_outbox (root_key, seq) where kind = 'part'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index slack_outbox_parts;
    delete from slack_outbox where kind = 'part';
    alter table slack_outbox
      drop constraint slack_outbox_kind_check,
      drop constraint slack_outbox_root_check,
      drop column short,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply')),
      add constraint slack_outbox_check check ((kind = 'reply') = (root_key is not null))
  `);
}
