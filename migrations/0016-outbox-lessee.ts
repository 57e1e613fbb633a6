import type { Knex } from 'knex';

/** Which process a delivery is leased to, so that a dead one's messages do not wait for the lease to run out. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table slack_outbox add column leased_by integer');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table slack_outbox drop column leased_by');
}
