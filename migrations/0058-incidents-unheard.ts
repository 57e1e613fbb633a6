import type { Knex } from 'knex';

/**
 * When an alert was last said to fire again, and the ends that come of nothing being heard: of Warning events, of alerts whose
 * end was lost, and of messages about many alerts. Those of the last kind that were closed early are history and stay so.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incidents
      add column heard_at timestamptz,
      drop constraint incidents_closed_why_check,
      add constraint incidents_closed_why_check
        check (closed_why in ('resolved', 'healthy', 'done', 'quiet', 'silent', 'told')) not valid
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update incidents set closed_why = 'resolved' where closed_why in ('quiet', 'silent', 'told');
    alter table incidents
      drop constraint incidents_closed_why_check,
      add constraint incidents_closed_why_check check (closed_why in ('resolved', 'healthy', 'done')),
      drop column heard_at
  `);
}
