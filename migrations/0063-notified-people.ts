import type { Knex } from 'knex';

/** Who wants the end of what they asked for or decided on as a direct message, and such messages in the outbox. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table notified_people (
      user_id text primary key,
      since timestamptz not null default now()
    );
    alter table slack_outbox drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check
        check (kind in ('card', 'incident', 'reply', 'part', 'anchor', 'notice', 'storm', 'direct'))
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from slack_outbox where kind = 'direct';
    alter table slack_outbox drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check
        check (kind in ('card', 'incident', 'reply', 'part', 'anchor', 'notice', 'storm'));
    drop table notified_people
  `);
}
