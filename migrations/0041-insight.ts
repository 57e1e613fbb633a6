import type { Knex } from 'knex';

/**
 * What is done every so often by one replica, and what came of it: a row is leased, so that it is done once, and taken over
 * from a replica that dies at it. And the ways by which what was done in a time is found: when it was asked for, what else
 * was done to the same objects.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table routines (
      name text primary key,
      due_at timestamptz not null,
      lease uuid,
      leased_until timestamptz,
      ran_at timestamptz,
      result jsonb
    );
    create index remediations_created on remediations (created_at);
    create index object_history_of_remediation on object_history (remediation_id)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index object_history_of_remediation;
    drop index remediations_created;
    drop table routines
  `);
}
