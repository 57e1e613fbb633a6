import type { Knex } from 'knex';
import { z } from 'zod';
import { rows, timestamp } from '../../src/adapters/postgres/sql.ts';
import { outcome } from '../../src/domain/incidents/outcome.ts';

/** What a test reads from the database, past the program's own reading. */

const nullableDate = z.date().nullable();

/** Where a planned call goes, as far as a test has to know it. */
const plannedCall = z.object({
  kind: z.enum(['patch', 'strategicMerge', 'delete', 'create', 'evict']),
  ref: z.object({
    apiVersion: z.string(),
    resource: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    subresource: z.string().optional(),
  }),
});
export type PlannedCall = z.infer<typeof plannedCall>;

const remediationRow = z.object({
  id: z.string(),
  number: z.number(),
  state: z.string(),
  version: z.number(),
  tier: z.string().nullable(),
  verdict: z.string().nullable(),
  incident_id: z.string(),
  requested_by: z.string(),
  digest: z.string().nullable(),
  applied: z.boolean(),
  /** A pull request has carried it out. */
  requested: z.boolean(),
  /** What its plan sends, in order. */
  calls: z.array(plannedCall),
  /** How many of them were answered. */
  answered: z.number(),
  /** How many of them, the first, are a pause that is put back later. */
  paused: z.number(),
});
export type RemediationRow = z.infer<typeof remediationRow>;

export const readRemediations = (knex: Knex): Promise<RemediationRow[]> =>
  rows(
    knex,
    remediationRow,
    `select id, number, state, version, tier, verdict, incident_id, requested_by, data->>'digest' as digest,
      data->'appliedAt' is not null as applied, data->'request' is not null as requested,
      coalesce(data->'plan'->'calls', '[]') as calls,
      coalesce(jsonb_array_length(data->'results'), 0) as answered,
      coalesce((data->'plan'->>'before')::int, 0) as paused
      from remediations order by number`,
  );

const eventRow = z.object({
  seq: z.coerce.number(),
  remediation_id: z.string(),
  version: z.number(),
  event: z.string(),
  from_state: z.string().nullable(),
  to_state: z.string(),
  at: z.date(),
});
export type EventRow = z.infer<typeof eventRow>;

/** The moves; votes and policies have lines of their own. */
export const readEvents = (knex: Knex): Promise<EventRow[]> =>
  rows(
    knex,
    eventRow,
    `select seq, remediation_id, version, event, from_state, to_state, at from remediation_events where kind = 'move' order by seq`,
  );

const approvalRow = z.object({
  remediation_id: z.string(),
  user_id: z.string(),
  decision: z.string(),
  digest: z.string(),
  /** Of its line in the chain, which is in the order of the commits; a vote without one counts for nothing. */
  seq: z
    .string()
    .nullable()
    .transform((seq) => (seq === null ? Number.POSITIVE_INFINITY : Number(seq))),
});
export type ApprovalRow = z.infer<typeof approvalRow>;

export const readApprovals = (knex: Knex): Promise<ApprovalRow[]> =>
  rows(
    knex,
    approvalRow,
    `select remediation_id, user_id, decision, digest, (select max(seq) from remediation_events line
        where kind = 'vote' and line.remediation_id = given.remediation_id and line.actor = given.user_id) as seq
      from approvals given`,
  );

const operationRow = z.object({
  remediation_id: z.string().nullable(),
  outcome: z.string().nullable(),
  detail: z.string().nullable(),
  stderr: z.string().nullable(),
  ended_at: nullableDate,
});
export type OperationRow = z.infer<typeof operationRow>;

export const readOperations = (knex: Knex): Promise<OperationRow[]> =>
  rows(
    knex,
    operationRow,
    'select remediation_id, outcome, detail, stderr, ended_at from automation_operation_log order by id',
  );

const outboxRow = z.object({
  key: z.string(),
  kind: z.string(),
  status: z.string(),
  sent: z.boolean(),
  ts: z.string().nullable(),
  attempts: z.number(),
});
export type OutboxRow = z.infer<typeof outboxRow>;

export const readOutbox = (knex: Knex): Promise<OutboxRow[]> =>
  rows(
    knex,
    outboxRow,
    'select key, kind, status, sent_revision = desired_revision as sent, ts, attempts from slack_outbox order by seq',
  );

const verdictRow = z.object({
  remediation_id: z.string(),
  result: z.enum(['verified', 'not_verified', 'inconclusive']),
});
export type VerdictRow = z.infer<typeof verdictRow>;

export const readVerdicts = (knex: Knex): Promise<VerdictRow[]> =>
  rows(
    knex,
    verdictRow,
    `select remediation_id, verification_result->>'result' as result from incident_evidence
      where kind = 'verification' order by id`,
  );

const trustRow = z.object({ name: z.string(), trust_score: z.number().nullable(), samples: z.number() });
export type TrustRow = z.infer<typeof trustRow>;

export const readTrust = (knex: Knex): Promise<TrustRow[]> =>
  rows(knex, trustRow, 'select name, trust_score, samples from playbooks');

const outcomeRow = outcome.pick({ result: true }).extend({
  playbook: z.string(),
  at: timestamp,
  digest: z
    .string()
    .nullable()
    .transform((digest) => digest ?? undefined),
});

/** What playbooks are trusted by, the oldest first. */
export const readOutcomes = (knex: Knex): Promise<z.infer<typeof outcomeRow>[]> =>
  rows(knex, outcomeRow, 'select playbook, result, at, digest from playbook_outcomes order by at, id');

const leftRow = z.object({ what: z.string(), count: z.number() });

/** Work that should not be there when everything is over. Whether an incident has ended is looked at again and again. */
export const readLeftovers = (knex: Knex): Promise<z.infer<typeof leftRow>[]> =>
  rows(
    knex,
    leftRow,
    `select * from (
      select 'notes of running jobs' as what, count(*)::int as count from running where wake->>'kind' not in ('end', 'drift')
      union all select 'jobs that wait or run', count(*)::int from pgboss.job
        where name = 'wake' and state < 'completed' and data->>'kind' not in ('expire', 'end', 'drift')
      union all select 'jobs given up', count(*)::int from pgboss.job where name = 'wake-dead'
      union all select 'incidents never triaged', count(*)::int from incidents where state = 'received'
    ) found where count > 0`,
  );
