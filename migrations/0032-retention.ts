import type { Knex } from 'knex';

/**
 * What is over is deleted after a time (the policy's `retention`), in small batches that read an index from its old end.
 * Lines of the chain outlive what they are about: a line `pruned` says that it is gone, a line `checkpoint` up to where the
 * chain itself is. What was done to an object outlives its remediation, too.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table remediation_events
      drop constraint remediation_events_remediation_id_fkey,
      drop constraint remediation_events_kind_check,
      add constraint remediation_events_kind_check
        check (kind in ('move', 'vote', 'policy', 'baseline', 'pruned', 'checkpoint'));
    create index remediation_events_pruned on remediation_events (remediation_id) where kind = 'pruned';
    create index remediation_events_policies on remediation_events (version, seq) where kind = 'policy';
    alter table object_history drop constraint object_history_remediation_id_fkey;
    create index object_history_started on object_history (started_at);
    create index early_resolutions_received on early_resolutions (received_at);
    create index remediations_ended on remediations (updated_at, id) where state in ('succeeded', 'failed',
      'inconclusive', 'no_action', 'blocked', 'rejected', 'expired', 'superseded');
    create index incidents_over on incidents (created_at, id)
      where state = 'triaged' and (alert is null or resolved_at is not null);
    create index automation_operation_log_of_incident on automation_operation_log (incident_id);
    create index slack_outbox_of_incident on slack_outbox (incident_id);
    drop index slack_outbox_roots;
    create index slack_outbox_old on slack_outbox (created_at, id) where root_key is null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index slack_outbox_old;
    create index slack_outbox_roots on slack_outbox (incident_id) where kind <> 'reply';
    drop index slack_outbox_of_incident;
    drop index automation_operation_log_of_incident;
    drop index incidents_over;
    drop index remediations_ended;
    drop index early_resolutions_received;
    drop index object_history_started;
    alter table object_history add constraint object_history_remediation_id_fkey
      foreign key (remediation_id) references remediations (id) not valid;
    drop index remediation_events_policies;
    drop index remediation_events_pruned;
    alter table remediation_events
      drop constraint remediation_events_kind_check,
      add constraint remediation_events_kind_check check (kind in ('move', 'vote', 'policy', 'baseline')) not valid,
      add constraint remediation_events_remediation_id_fkey
        foreign key (remediation_id) references remediations (id) not valid
  `);
}
