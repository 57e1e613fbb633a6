import type { Knex } from 'knex';

/** What the verdicts so far say of each playbook. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table playbooks (
      name text primary key,
      trust_score double precision check (trust_score between 0 and 1),
      samples integer not null default 0 check (samples >= 0),
      successes integer not null default 0 check (successes between 0 and samples),
      lower_bound double precision check (lower_bound between 0 and 1),
      updated_at timestamptz not null default now(),
      check (samples = 0 or trust_score is not null)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table playbooks');
}
