import type { Knex } from 'knex';

/** Changes of the policy that trust speaks for, with the votes on them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table policy_proposals (
      number integer generated always as identity primary key,
      playbook text not null,
      environment text not null,
      state text not null default 'open' check (state in ('open', 'approved', 'rejected', 'withdrawn')),
      opened_at timestamptz not null default now(),
      ended_at timestamptz,
      why text,
      evidence jsonb not null,
      digest text not null,
      votes jsonb not null default '[]'
    );
    create unique index policy_proposals_one_open on policy_proposals (playbook, environment) where state = 'open';
    create index policy_proposals_of_place on policy_proposals (playbook, environment, opened_at)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from slack_outbox where notice ->> 'kind' = 'policy';
    drop table policy_proposals
  `);
}
