import type { Knex } from 'knex';

/** Heads of the chain that are noted outside: in a file, and by messages that are about no incident. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_anchors (
      seq bigint primary key,
      hash text not null,
      at timestamptz not null
    );
    alter table slack_outbox
      alter column incident_id drop not null,
      drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply', 'part', 'anchor')),
      add constraint slack_outbox_anchor_check check (kind in ('anchor', 'reply') or incident_id is not null)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from slack_outbox where incident_id is null;
    alter table slack_outbox
      drop constraint slack_outbox_anchor_check,
      drop constraint slack_outbox_kind_check,
      add constraint slack_outbox_kind_check check (kind in ('card', 'incident', 'reply', 'part')),
      alter column incident_id set not null;
    drop table audit_anchors
  `);
}
