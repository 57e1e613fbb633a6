import type { Knex } from 'knex';

/** A remediation may change several objects: one snapshot of each. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table snapshots drop constraint snapshots_pkey;
    alter table snapshots add primary key (remediation_id, uid)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table snapshots drop constraint snapshots_pkey;
    alter table snapshots add primary key (remediation_id)
  `);
}
