import type { Knex } from 'knex';

const tables = { incidents: 'insert', remediations: 'insert or update of version' } as const;

/**
 * Who makes a job that is due says so itself (src/adapters/postgres/jobs/job-rows.ts): every move used to wake all replicas,
 * also those after which nothing is due. Jobs that an older release makes beside this one are found at the next beat.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables)) await knex.raw(`drop trigger announce on ${table}`);
}

export async function down(knex: Knex): Promise<void> {
  for (const [table, events] of Object.entries(tables))
    await knex.raw(
      `create trigger announce after ${events} on ${table} for each statement execute function announce()`,
    );
}
