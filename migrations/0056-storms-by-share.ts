import type { Knex } from 'knex';

/** Of a storm that began because so many workloads were unhealthy or had an open incident: how many, and of how many. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table storms add column unhealthy integer, add column workloads integer');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table storms drop column unhealthy, drop column workloads');
}
