import type { Knex } from 'knex';

/** The last line of the event chain; a cut tail shows as a head that no event has. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_head (
      id integer primary key default 1 check (id = 1),
      seq bigint not null,
      hash text not null
    );
    insert into audit_head (seq, hash) values (0, repeat('0', 64))
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table audit_head');
}
