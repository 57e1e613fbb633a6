import type { Knex } from 'knex';

/** What is told of alerts that come so close together that each of them does not get a message of its own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incidents add column grouped jsonb;
    create index incidents_grouped on incidents (created_at) where grouped is not null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table incidents drop column grouped');
}
