import type { Knex } from 'knex';

/** What a process was doing when it was lost, kept for an hour: who died without a step tells that it does not kill. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table lost_steps (
      instance integer not null,
      kind text not null,
      id uuid not null,
      version integer not null,
      at timestamptz not null default clock_timestamp(),
      primary key (instance, kind, id, version)
    );
    create index lost_steps_at on lost_steps (at)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table lost_steps');
}
