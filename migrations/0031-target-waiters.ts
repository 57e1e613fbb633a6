import type { Knex } from 'knex';

/** Remediations that want an object which another holds: woken by the move that gives it back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table target_waiters (
      target_key text not null,
      remediation_id uuid not null,
      version integer not null,
      primary key (target_key, remediation_id)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table target_waiters');
}
