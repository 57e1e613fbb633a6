import type { Knex } from 'knex';

/** Messages that were promised. A card is one row: desired_revision runs ahead, sent_revision follows. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table slack_outbox (
      id uuid primary key,
      seq bigint not null generated always as identity,
      key text not null unique,
      kind text not null check (kind in ('card', 'incident', 'reply')),
      channel text not null,
      incident_id uuid not null references incidents (id),
      root_key text,
      notice jsonb not null,
      status text not null default 'open' check (status in ('open', 'failed')),
      ts text,
      sent_channel text,
      desired_revision integer not null default 1,
      sent_revision integer not null default 0,
      uncertain boolean not null default false,
      attempts integer not null default 0,
      next_attempt_at timestamptz not null default now(),
      leased_until timestamptz,
      last_error text,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      check ((kind = 'reply') = (root_key is not null)),
      check (sent_revision <= desired_revision),
      check (sent_revision = 0 or ts is not null)
    );
    create index slack_outbox_due on slack_outbox (seq) where status = 'open' and sent_revision < desired_revision;
    create index slack_outbox_roots on slack_outbox (incident_id) where kind <> 'reply'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table slack_outbox');
}
