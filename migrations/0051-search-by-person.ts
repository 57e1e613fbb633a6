import type { Knex } from 'knex';

/** The latest decisions of a person, without reading the others. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index approvals_of_person_lately on approvals (user_id, at desc);
    drop index approvals_of_person
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create index approvals_of_person on approvals (user_id);
    drop index approvals_of_person_lately
  `);
}
