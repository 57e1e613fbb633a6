import type { Knex } from 'knex';

/**
 * What playbooks are trusted by, one outcome for each incident, and the looks hours later that say whether a change lasted.
 * What was counted before is kept as it was counted, for every environment; of what a playbook did then nothing is known.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table playbook_outcomes (
      id bigint generated always as identity primary key,
      playbook text not null,
      environment text not null,
      incident_id uuid not null,
      remediation_id uuid not null,
      digest text,
      result text not null check (result in ('lasted', 'not_verified', 'undone', 'came_back')),
      at timestamptz not null,
      unique (playbook, environment, incident_id)
    );
    insert into playbook_outcomes (playbook, environment, incident_id, remediation_id, result, at)
      select playbook, '', incident_id, id, result, updated_at from (
        select distinct on (requested_by, incident_id) substr(requested_by, 10) as playbook, incident_id, id,
          case verdict when 'verified' then 'lasted' else 'not_verified' end as result, updated_at
        from remediations where requested_by like 'playbook %' and verdict in ('verified', 'not_verified')
        order by requested_by, incident_id, verdict = 'verified', updated_at
      ) found order by updated_at;
    create table second_looks (
      remediation_id uuid primary key,
      environment text not null default '',
      due_at timestamptz not null,
      looks integer not null default 0 check (looks >= 0),
      result text check (result in ('lasted', 'undone', 'came_back', 'replaced', 'unknown')),
      sentence text,
      undone_by text,
      ended_at timestamptz,
      check ((result is null) = (ended_at is null))
    );
    create index second_looks_due on second_looks (due_at) where result is null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table second_looks; drop table playbook_outcomes');
}
