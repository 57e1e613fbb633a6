import type { Knex } from 'knex';

/** Why Alertmanager would not silence, or end a silence; and how often in a row it did not answer. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table silences add column refused text, add column attempts integer not null default 0
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table silences drop column refused, drop column attempts');
}
