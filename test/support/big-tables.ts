import { administer } from './cluster.ts';
import { onlooker, openFilledDatabase, type TestDatabase } from './database.ts';

/** Rows of each table that grows. */
const many = 100_000;

/** Of them, what is not over: waits for people, or to be sent. */
export const open = 5_000;

/*
 * What a year leaves behind, in the plainest form that the queries can tell apart: it is read by none of them but to be
 * passed over.
 */
const fillings = [
  `insert into incidents (id, state, version, dedup_key, title, created_at, moved_at)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'triaged', 1, 'old:' || n, 'old',
      now() - n * interval '5 minutes', now() - n * interval '5 minutes'
    from generate_series(1, ${many}) n`,
  `insert into incident_evidence (incident_id, kind, payload) select id, 'alert', '{}' from incidents`,
  `insert into early_resolutions (dedup_key, resolved_at) select 'early:' || n, now() from generate_series(1, ${many}) n`,
  `insert into remediations (id, number, incident_id, state, version, cluster, target_key, verb, command, requested_by,
      tier, score, verdict, expires_at, data, created_at, updated_at)
    select id, n, id, case when n <= ${open} then 'waiting' else 'succeeded' end, 5, 'test',
      'test/shop/Deployment/old-' || n % 500, 'rollout restart', 'old', 'U0OLD', 'human', 20,
      case when n > ${open} then 'verified' end, case when n <= ${open} then now() + interval '1 day' end,
      jsonb_build_object('action', '{"target": {"namespace": "shop"}}'::jsonb, 'showing', '{"kind": "card"}'::jsonb,
        'startedAt', to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), created_at, created_at
    from (select *, row_number() over (order by created_at desc) as n from incidents) old`,
  `insert into automation_operation_log (remediation_id, command, outcome, started_at, ended_at, duration_ms)
    select id, 'old', 'succeeded', created_at, created_at, 0 from remediations`,
  `insert into approvals (remediation_id, user_id, team_id, decision, digest, at)
    select id, 'U0OLD', 'T0', 'approve', 'd', created_at from remediations`,
  `insert into snapshots (remediation_id, uid, taken_at, object, kept_until)
    select id, 'u', created_at, '{}', now() + interval '1 day' from remediations`,
  `insert into object_history (object_key, started_at, remediation_id)
    select target_key, created_at, id from remediations`,
  `insert into remediation_events (seq, remediation_id, version, event, from_state, to_state, data_digest, at, prev_hash, hash)
    select number, id, 5, 'old', 'learning', 'succeeded', 'd', created_at, 'p' || number, 'h' || number from remediations`,
  // Cards that are as they should be, cards that wait for an update, posts that wait for their turn, and replies.
  `insert into slack_outbox (id, key, kind, channel, incident_id, notice, status, ts, sent_channel, desired_revision,
      sent_revision, created_at, sent_at, next_attempt_at, priority)
    select id, 'card:' || id, 'card', 'C0OPS', id,
      jsonb_build_object('kind', 'card', 'remediationId', id), 'open',
      case when n > ${open} then n || '.1' end, 'C0OPS', case when n <= 2 * ${open} then 2 else 1 end,
      case when n > ${open} then 1 else 0 end, created_at, created_at, created_at, n % 3 * 2
    from (select *, row_number() over (order by created_at desc) as n from incidents) old`,
  `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, ts, sent_channel, sent_revision, created_at, priority, ready)
    select gen_random_uuid(), 'reply:' || key, 'reply', channel, incident_id, key,
      '{"kind": "reply", "headline": "old", "broadcast": false}',
      case when ts is not null then ts || '1' end, 'C0OPS', case when ts is null then 0 else 1 end, created_at, 3, ts is not null
    from slack_outbox where kind = 'card'`,
  // Kept for ever: the library's upkeep, a minute after its start, would else empty the table under whoever looks at plans.
  `insert into pgboss.job (id, name, data, state, priority, policy, created_on, started_on, completed_on, deletion_seconds)
    select gen_random_uuid(), 'wake', jsonb_build_object('kind', 'step', 'id', id, 'version', 4), 'completed', 20,
      'standard', created_at, created_at, created_at, 0 from incidents`,
  `insert into pgboss.job (id, name, data, state, priority, policy, start_after)
    select gen_random_uuid(), 'wake', jsonb_build_object('kind', 'expire', 'id', id, 'version', 5), 'created', 10,
      'standard', now() + interval '1 day' from remediations where state = 'waiting'`,
];

/** The tables that grow. */
export const bigTables = [
  'incidents',
  'incident_evidence',
  'early_resolutions',
  'remediations',
  'automation_operation_log',
  'approvals',
  'snapshots',
  'object_history',
  'remediation_events',
  'slack_outbox',
  'job_common',
] as const;

/** A database of one's own in which every table that grows has 100,000 rows; they are written once in a run. */
export const openBigDatabase = (): Promise<TestDatabase> => openFilledDatabase('big', fillTables);

/** Fills the tables and lets the server count them; some twenty seconds. */
async function fillTables(url: string): Promise<void> {
  // One of these statements may take longer than the server may be silent in production.
  const knex = onlooker(url);
  await knex.transaction(async (trx) => {
    // Without triggers and references, which would take most of the time.
    await trx.raw('set local statement_timeout = 0; set local session_replication_role = replica');
    for (const filling of fillings) await trx.raw(filling);
    await trx.raw(`select setval(pg_get_serial_sequence('remediations', 'number'), ${many});
      update audit_head set seq = ${many}`);
  });
  await knex.destroy();
  await administer(url, ['vacuum analyze']);
}
