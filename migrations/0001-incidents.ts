import type { Knex } from 'knex';

/** What happened, and the one key by which the same alert or the same command is known again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table incidents (
      id uuid primary key,
      state text not null check (state in ('received', 'triaged')),
      version integer not null default 0 check (version >= 0),
      dedup_key text not null unique,
      title text not null,
      alert jsonb,
      resolved_at timestamptz,
      created_at timestamptz not null,
      moved_at timestamptz not null default now()
    );
    create index incidents_untriaged on incidents (moved_at) where state = 'received'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table incidents');
}
