import type { Knex } from 'knex';

/**
 * Of a storm by the share of what is unhealthy: the cluster whose figures are told, and those that were over the line when they
 * were last seen. One that is not seen any more has not become healthy by that.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `alter table storms add column cluster text, add column over_line_in text[] not null default '{}'`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table storms drop column over_line_in, drop column cluster');
}
