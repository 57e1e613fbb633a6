import type { Knex } from 'knex';

/** When each channel may take its next post, and when the workspace may take its next update. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table slack_lanes (
      lane text primary key,
      free_at timestamptz not null default '-infinity'
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table slack_lanes');
}
