import type { Knex } from 'knex';

/** The trace of every operation: started when it starts, ended with outcome, duration and stderr. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table automation_operation_log (
      id bigint primary key generated always as identity,
      remediation_id uuid unique references remediations (id),
      incident_id uuid references incidents (id),
      request_key text unique,
      command text not null,
      requested_by text,
      outcome text check (outcome in ('no_action', 'unparsable', 'succeeded', 'failed')),
      detail text,
      stderr text,
      started_at timestamptz not null,
      ended_at timestamptz,
      duration_ms bigint check (duration_ms >= 0),
      check ((outcome is null) = (ended_at is null)),
      check ((ended_at is null) = (duration_ms is null))
    );
    create index automation_operation_log_started on automation_operation_log (started_at)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table automation_operation_log');
}
