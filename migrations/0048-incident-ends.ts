import type { Knex } from 'knex';

/**
 * The end of an incident: when it is looked at next whether it is over, since when its owner has been healthy, why it was
 * closed, and how often it was opened again. A number by which people can ask for it; older ones have none.
 *
 * Of what came before, the last days are looked at; what is older is left as it is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create sequence incident_numbers as integer;
    alter table incidents
      add column number integer,
      add column look_at timestamptz,
      add column looks integer not null default 0,
      add column healthy_since timestamptz,
      add column closed_why text check (closed_why in ('resolved', 'healthy', 'done')),
      add column reopened integer not null default 0;
    alter sequence incident_numbers owned by incidents.number;
    alter table incidents
      alter column number set default nextval('incident_numbers'),
      alter column look_at set default now() + interval '1 minute';
    create unique index incidents_number on incidents (number);
    create index incidents_not_closed on incidents (look_at) where closed_at is null and joined is null and state = 'triaged';
    create index incidents_roots_of_owner on incidents (owner_key, created_at desc) where joined is null and owner_key is not null;
    update incidents set look_at = now() where closed_at is null and joined is null and grouped is null
      and created_at > now() - interval '3 days'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incidents_roots_of_owner;
    drop index incidents_not_closed;
    alter table incidents drop column reopened, drop column closed_why, drop column healthy_since, drop column looks,
      drop column look_at, drop column number
  `);
}
