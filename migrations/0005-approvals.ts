import type { Knex } from 'knex';

/** One decision for each person on each remediation; the key makes a second click harmless. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table approvals (
      remediation_id uuid not null references remediations (id),
      user_id text not null,
      team_id text not null,
      decision text not null check (decision in ('approve', 'reject')),
      digest text not null,
      reason text,
      at timestamptz not null,
      recorded_at timestamptz not null default clock_timestamp(),
      primary key (remediation_id, user_id)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table approvals');
}
