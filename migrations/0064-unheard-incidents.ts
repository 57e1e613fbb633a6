import type { Knex } from 'knex';

/** Incidents that were closed because nothing was heard of them are deleted in the order in which they were closed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index incidents_unheard on incidents (closed_at, id)
      where joined is null and state = 'triaged' and closed_why in ('quiet', 'silent')
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index incidents_unheard');
}
