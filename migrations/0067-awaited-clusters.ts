import type { Knex } from 'knex';

/**
 * The cluster whose answer an alert or a proposal waits for. It says so only of what has not moved on since: a replica of the version
 * before, which does not know the column, need not empty it. The tables in the order in which a move locks them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table remediations add column awaits_cluster text;
    alter table incidents add column awaits_cluster text
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table remediations drop column awaits_cluster;
    alter table incidents drop column awaits_cluster
  `);
}
