import type { Knex } from 'knex';

/** What makes work for somebody: new rows, moved rows, new revisions, and a root that replies waited for. */
const watched = {
  incidents: 'insert',
  remediations: 'insert or update of version',
  slack_outbox: 'insert or update of desired_revision, ts',
} as const;

/** Such writes wake the listeners of channel `firebreak` at commit; the payload is the table's name. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function announce() returns trigger language plpgsql as $$
    begin
      perform pg_notify('firebreak', tg_table_name);
      return null;
    end $$
  `);
  for (const [table, events] of Object.entries(watched)) {
    await knex.raw(
      `create trigger announce after ${events} on ${table} for each statement execute function announce()`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function announce() cascade');
}
