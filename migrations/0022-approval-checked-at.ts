import type { Knex } from 'knex';

/** When the chat was asked whether the person may approve: the gate asks again when that is long ago, or not known. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table approvals add column checked_at timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table approvals drop column checked_at');
}
