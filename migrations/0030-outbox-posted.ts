import type { Knex } from 'knex';

/** When a message was first posted: from then on people have had it before them. Absent where that is not known. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table slack_outbox add column posted_at timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table slack_outbox drop column posted_at');
}
