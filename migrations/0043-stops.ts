import type { Knex } from 'knex';

/**
 * When Firebreak was stopped and started again, by whom and why: at most one stop holds. Each has its lines in the audit
 * chain, and messages that are about no incident.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table stops (
      number integer generated always as identity primary key,
      at timestamptz not null,
      by_user text,
      by_team text,
      reason text not null,
      request_key text unique,
      ended_at timestamptz,
      ended_by_user text,
      ended_by_team text,
      ended_reason text,
      ended_request_key text unique,
      check ((ended_at is null) = (ended_reason is null))
    );
    create unique index stops_one_at_a_time on stops ((true)) where ended_at is null;
    alter table remediation_events
      drop constraint remediation_events_kind_check,
      add constraint remediation_events_kind_check
        check (kind in ('move', 'vote', 'policy', 'baseline', 'pruned', 'checkpoint', 'stop'));
    alter table slack_outbox
      drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply', 'part', 'anchor', 'notice')),
      drop constraint slack_outbox_anchor_check,
      add constraint slack_outbox_anchor_check check (kind in ('anchor', 'notice', 'reply') or incident_id is not null)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from slack_outbox where kind = 'notice';
    alter table slack_outbox
      drop constraint slack_outbox_anchor_check,
      add constraint slack_outbox_anchor_check check (kind in ('anchor', 'reply') or incident_id is not null),
      drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply', 'part', 'anchor'));
    alter table remediation_events
      drop constraint remediation_events_kind_check,
      add constraint remediation_events_kind_check
        check (kind in ('move', 'vote', 'policy', 'baseline', 'pruned', 'checkpoint')) not valid;
    drop table stops
  `);
}
