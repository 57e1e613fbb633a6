import type { Knex } from 'knex';

/**
 * When a snapshot may be deleted. Those that are there, and those that a replica of the version before still writes, are
 * kept for three days from now on, which is the policy's default.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table snapshots add column kept_until timestamptz not null default now() + interval '72 hours';
    create index snapshots_kept_until on snapshots (kept_until)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table snapshots drop column kept_until');
}
