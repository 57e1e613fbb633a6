import type { Knex } from 'knex';

/**
 * Incidents whose objects are still to be looked at, and from when on; a look that was lost is begun anew. What was measured
 * around their start is evidence, too.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table incidents add column evidence_due timestamptz;
    create index incidents_evidence_due on incidents (evidence_due) where evidence_due is not null;
    alter table incident_evidence
      drop constraint incident_evidence_kind_check,
      add constraint incident_evidence_kind_check
        check (kind in ('alert', 'verification', 'arrival', 'metrics')) not valid
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from incident_evidence where kind = 'metrics';
    alter table incident_evidence
      drop constraint incident_evidence_kind_check,
      add constraint incident_evidence_kind_check check (kind in ('alert', 'verification', 'arrival'));
    drop index incidents_evidence_due;
    alter table incidents drop column evidence_due
  `);
}
