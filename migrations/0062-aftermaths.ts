import type { Knex } from 'knex';

/** What emergencies leave to be done: a pull request that follows the change, and a pause that has to end. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table aftermaths (
      remediation_id uuid primary key,
      steps integer not null default 0 check (steps >= 0),
      data jsonb not null,
      due_at timestamptz
    );
    create index aftermaths_due on aftermaths (due_at) where due_at is not null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table aftermaths');
}
