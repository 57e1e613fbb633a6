import type { Knex } from 'knex';

/** Which process runs which attempt of which job, so that a dead one is noticed within a second. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table running (
      job_id uuid not null,
      attempt integer not null,
      queue text not null,
      instance integer not null,
      wake jsonb not null,
      started_at timestamptz not null default now(),
      primary key (job_id, attempt)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table running');
}
