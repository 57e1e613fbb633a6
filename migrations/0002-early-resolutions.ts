import type { Knex } from 'knex';

/** Alerts that were resolved before their firing arrived; ingest takes the time over when it does. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table early_resolutions (
      dedup_key text primary key,
      resolved_at timestamptz not null,
      received_at timestamptz not null default now()
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table early_resolutions');
}
