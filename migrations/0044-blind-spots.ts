import type { Knex } from 'knex';

/**
 * Where the chain from an alert to what is learned has broken: each is said once, until it is mended and comes back. And the
 * ways by which it is looked for: alerts that came of late, and those that have not ended.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table blind_spots (
      kind text not null,
      subject text not null,
      sentence text not null,
      found_at timestamptz not null,
      mended_at timestamptz,
      primary key (kind, subject)
    );
    create index incidents_alerts on incidents (created_at) where alert is not null;
    create index incidents_firing on incidents (created_at) where alert is not null and resolved_at is null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incidents_firing;
    drop index incidents_alerts;
    drop table blind_spots
  `);
}
