import type { Knex } from 'knex';

/** What is known of an incident: the alert as it came, and the verdict on each remediation. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table incident_evidence (
      id bigint primary key generated always as identity,
      incident_id uuid not null references incidents (id),
      remediation_id uuid unique references remediations (id),
      kind text not null check (kind in ('alert', 'verification')),
      payload jsonb not null,
      verification_result jsonb,
      created_at timestamptz not null default now(),
      check ((kind = 'verification') = (remediation_id is not null and verification_result is not null))
    );
    create index incident_evidence_of_incident on incident_evidence (incident_id)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table incident_evidence');
}
