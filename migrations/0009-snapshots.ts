import type { Knex } from 'knex';

/** The object as it was before the change. json, not jsonb: the text stays as the API server sent it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table snapshots (
      remediation_id uuid primary key references remediations (id),
      uid text not null,
      taken_at timestamptz not null,
      object json not null
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table snapshots');
}
