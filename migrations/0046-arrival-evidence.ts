import type { Knex } from 'knex';

/** What was seen of an incident when it arrived, once for each. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incident_evidence
      drop constraint incident_evidence_kind_check,
      add constraint incident_evidence_kind_check check (kind in ('alert', 'verification', 'arrival'));
    create unique index incident_evidence_arrival on incident_evidence (incident_id) where kind = 'arrival'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incident_evidence_arrival;
    delete from incident_evidence where kind = 'arrival';
    alter table incident_evidence
      drop constraint incident_evidence_kind_check,
      add constraint incident_evidence_kind_check check (kind in ('alert', 'verification'))
  `);
}
