import type { Knex } from 'knex';

/**
 * Verified changes that are looked at for what drifts from them. Those that nothing is due for any more are in no index, so that
 * asking for what is due does not grow with the past.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table drift_watches (
      remediation_id uuid primary key,
      due_at timestamptz,
      until_at timestamptz not null,
      looks integer not null default 0 check (looks >= 0),
      told text
    );
    create index drift_watches_due on drift_watches (due_at) where due_at is not null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table drift_watches');
}
