import type { Knex } from 'knex';

/**
 * Copies of a message that are to be deleted (`ts`), and messages of which there may be a copy (no `ts`): an answer of
 * Slack's was lost, or a sender stood still with its post on the way, and another posted again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table slack_doubles (
      id bigint primary key generated always as identity,
      message_id uuid not null,
      channel text not null,
      ts text,
      due_at timestamptz not null default now(),
      attempts integer not null default 0
    );
    create unique index slack_doubles_once on slack_doubles (message_id, channel, coalesce(ts, ''));
    create index slack_doubles_due on slack_doubles (due_at)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table slack_doubles');
}
