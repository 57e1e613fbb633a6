import type { Knex } from 'knex';

/**
 * Times in which more incidents came than a policy takes for several causes: at most one storm holds. How many came is
 * counted by the minute, so that asking costs the same however many incidents there are.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table storms (
      number integer generated always as identity primary key,
      began_at timestamptz not null default now(),
      over_line_at timestamptz not null default now(),
      ended_at timestamptz,
      incidents integer not null,
      first_remediation integer not null
    );
    create unique index storms_one_at_a_time on storms ((true)) where ended_at is null;
    create table incident_minutes (minute timestamptz primary key, incidents integer not null);
    alter table slack_outbox drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check
        check (kind in ('card', 'incident', 'reply', 'part', 'anchor', 'notice', 'storm')),
      drop constraint slack_outbox_anchor_check,
      add constraint slack_outbox_anchor_check
        check (kind in ('anchor', 'notice', 'storm', 'reply') or incident_id is not null)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from slack_outbox where kind = 'storm';
    alter table slack_outbox drop constraint slack_outbox_anchor_check,
      add constraint slack_outbox_anchor_check check (kind in ('anchor', 'notice', 'reply') or incident_id is not null),
      drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply', 'part', 'anchor', 'notice'));
    drop table incident_minutes;
    drop table storms
  `);
}
