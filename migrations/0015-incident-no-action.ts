import type { Knex } from 'knex';

/** Why triage proposed nothing, so that the message about the alert can say it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table incidents add column no_action text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table incidents drop column no_action');
}
