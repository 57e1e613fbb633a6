import type { Knex } from 'knex';

/** The uid of the cluster's namespace kube-system; null where the cluster had not said it yet, and in older rows. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table remediations add column cluster_uid text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table remediations drop column cluster_uid');
}
