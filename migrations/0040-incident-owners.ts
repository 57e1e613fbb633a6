import type { Knex } from 'knex';

/**
 * Whose incident it is, and which incident of the same owner it is a part of: many alerts of one cause are one incident.
 * Joined ones are deleted by themselves, as old as they are.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incidents
      add column owner_key text,
      add column joined uuid references incidents (id) on delete set null;
    create index incidents_of_owner on incidents (owner_key, created_at desc) where owner_key is not null;
    create index incidents_joined on incidents (joined) where joined is not null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incidents_joined;
    drop index incidents_of_owner;
    alter table incidents drop column joined, drop column owner_key
  `);
}
