import type { Knex } from 'knex';

/**
 * Which object which remediation executes or verifies on: one at a time. A remediation of several objects holds them
 * all, which the unique index on its own key cannot say. That index stays: a replica of the version before knows no
 * other. What is under way while this runs keeps what it holds.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table held_targets (
      target_key text primary key,
      remediation_id uuid not null references remediations (id)
    );
    create index held_targets_of_remediation on held_targets (remediation_id);
    insert into held_targets (target_key, remediation_id)
      select target_key, id from remediations where state in ('executing', 'verifying')
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table held_targets');
}
