import type { Knex } from 'knex';

/**
 * When a job was made for the triage of an incident. Of thousands that come at once only a few have one at a time, so
 * that they take neither the queue nor the processors from what people wait for; each that is done wakes the next. What
 * is there already has its job.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incidents add column woken_at timestamptz;
    update incidents set woken_at = now() where state = 'received';
    create index incidents_asleep on incidents (moved_at) where state = 'received' and woken_at is null;
    create index incidents_woken on incidents (woken_at) where state = 'received' and woken_at is not null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table incidents drop column woken_at');
}
