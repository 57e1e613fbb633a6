import type { Knex } from 'knex';

/**
 * Silences of the alerts of an incident, until the verdict of the remediation that people look at: asked for by an approver,
 * made in Alertmanager and ended there. Each is reached for by its own id, which stands in the comment of what is made.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table silences (
      id uuid primary key,
      remediation_id uuid not null unique,
      by_user text not null,
      labels jsonb not null,
      asked_at timestamptz not null,
      ends_at timestamptz not null,
      state text not null default 'wanted' check (state in ('wanted', 'made', 'ended')),
      lease uuid,
      leased_until timestamptz
    );
    create index silences_open on silences (asked_at) where state <> 'ended'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table silences');
}
