import type { Knex } from 'knex';

/** For which of two groups an approval was given, where the policy wants two different ones. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table approvals add column roles text[]');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table approvals drop column roles');
}
