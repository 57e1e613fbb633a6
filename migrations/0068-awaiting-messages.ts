import type { Knex } from 'knex';

/** Messages that say that alerts wait are looked for by each replica four times a minute, in whatever channel they are. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("create index slack_outbox_awaiting on slack_outbox (created_at) where key like 'awaits:%'");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index slack_outbox_awaiting');
}
