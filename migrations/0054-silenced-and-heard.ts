import type { Knex } from 'knex';

/**
 * Which of the silenced alerts Alertmanager itself had as firing when it silenced them: of those alone it is believed that they
 * are over when it has them no more. An alert may have come from another Alertmanager than the one that is asked.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table silences add column heard jsonb');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table silences drop column heard');
}
