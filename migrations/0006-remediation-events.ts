import type { Knex } from 'knex';

/** Every move of every remediation, each line holding the hash of the one before it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table remediation_events (
      seq bigint primary key check (seq > 0),
      remediation_id uuid not null references remediations (id),
      version integer not null,
      event text not null,
      from_state text,
      to_state text not null,
      data_digest text not null,
      at timestamptz not null,
      prev_hash text not null,
      hash text not null unique,
      unique (remediation_id, version)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table remediation_events');
}
