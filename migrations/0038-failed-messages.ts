import type { Knex } from 'knex';

/** Messages that Slack has refused for good are counted for the metrics, by each replica at each scrape. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("create index slack_outbox_failed on slack_outbox (created_at) where status = 'failed'");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index slack_outbox_failed');
}
