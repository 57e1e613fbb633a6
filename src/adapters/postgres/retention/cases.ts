import { z } from 'zod';
import { finalStates } from '../../../domain/remediation.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { appendEvents } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import { kinOf } from '../incidents/kin.ts';
import { digestOfData } from '../remediations/remediations.ts';
import { type Db, rows, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import type { Batch, Old } from './batch.ts';

/*
 * An incident goes with all its remediations at once, when the last of them has been over for long: with evidence, votes,
 * log lines and messages. One whose alert has not ended stays: the same alert again must find it. Unless it was closed because
 * nothing was heard of it, and nothing has been since: whatever would have said that it ended is lost.
 */

/** Incidents a transaction; each has some five to fifteen rows. */
const most = 100;

/** The predicate of the index remediations_ended. */
const ended = `state in (${finalStates.map((each) => `'${each}'`).join(', ')})`;

const place = z.object({ incident: z.string(), at: z.string(), id: z.string() });
const named = z.object({ id: z.string() });

/** The next incidents whose remediations ended long ago; goes on where the batch before it ended. */
export const endedCases: Batch = (trx, old) => {
  const sql = `select incident_id as incident, updated_at::text as at, id from remediations
    where ${ended} and updated_at < ? and (updated_at, id) > (?::timestamptz, ?::uuid)
    order by updated_at, id limit ${most}`;
  return pruneFound(trx, old, sql);
};

/** The next incidents that are over; of those without a remediation the only sign is their age. */
export const bareIncidents: Batch = (trx, old) => {
  const sql = `select id as incident, created_at::text as at, id from incidents
    where state = 'triaged' and (alert is null or resolved_at is not null)
      and created_at < ? and (created_at, id) > (?::timestamptz, ?::uuid)
    order by created_at, id limit ${most}`;
  return pruneFound(trx, old, sql);
};

/** An incident and all that joined it, closed long ago because nothing was heard of them: the predicate of incidents_unheard. */
const unheard = `root.joined is null and root.state = 'triaged' and root.closed_why in ('quiet', 'silent')`;

/** The next of these, each with its parts. What was heard of since stays. */
export const unheardIncidents: Batch = (trx, old) => {
  const sql = `select kin.id as incident, root.closed_at::text as at, root.id from (
      select * from incidents root where ${unheard} and closed_at < ? and (closed_at, id) > (?::timestamptz, ?::uuid)
      order by closed_at, id limit ${most}
    ) root cross join lateral ${kinOf('root.id')} kin order by root.closed_at, root.id`;
  return pruneFound(trx, old, sql);
};

/** Nothing more is expected of its alert, if it has one. */
const alertIsOver = (
  incident: string,
): string => `(${incident}.alert is null or ${incident}.resolved_at is not null
  or exists (select from incidents root where root.id = coalesce(${incident}.joined, ${incident}.id) and ${unheard}
    and root.closed_at < ? and not exists (select from ${kinOf('root.id')} kin join incidents part on part.id = kin.id
      where coalesce(part.heard_at, part.created_at) >= ?)))`;

async function pruneFound(trx: Transaction, old: Old, sql: string) {
  const [at = '-infinity', id = '00000000-0000-0000-0000-000000000000'] = old.after?.split(' id ') ?? [];
  const found = await rows(trx, place, sql, [old.before.incidents, at, id]);
  const last = found.at(-1);
  const deleted = await pruneIncidents(trx, old, [...new Set(found.map(({ incident }) => incident))]);
  return {
    deleted,
    ...(last === undefined || found.length < most ? {} : { next: `${last.at} id ${last.id}` }),
  };
}

/** Deletes those of these incidents that are over and locked by nobody; answers how many rows of theirs. */
async function pruneIncidents(trx: Transaction, old: Old, candidates: readonly string[]): Promise<number> {
  const lock = `select id from incidents where id = any (?) and state = 'triaged' order by id for update skip locked`;
  const locked = (await rows(trx, named, lock, [[...candidates]])).map(({ id }) => id);
  // Asked with the lock held: nothing new begins in these incidents any more.
  const over = (await rows(trx, named, overSql, [locked, old.before.incidents, old.now])).map(({ id }) => id);
  const vouched = await vouchedFor(trx, over, old.sha256);
  if (vouched.incidents.length === 0) return 0;
  const deleted = await deleteAll(trx, vouched.incidents, vouched.remediations, old.before.incidents);
  await appendEvents(
    trx,
    vouched.lines.map((line) => ({ ...line, at: old.now })),
  );
  return deleted;
}

/** Nothing open, nothing of late, no manifest that a rollback may still want, and no message that Slack has not taken. */
const overSql = `select id from incidents i where id = any (?)
  and not exists (select from remediations where incident_id = i.id and (not (${ended}) or updated_at >= ?))
  and not exists (select from snapshots s join remediations r on r.id = s.remediation_id
    where r.incident_id = i.id and s.kept_until >= ?)
  and not exists (select from slack_outbox m
    where m.incident_id = i.id and m.status = 'open' and m.sent_revision < m.desired_revision)
  order by id`;

const stand = z.object({
  id: z.string(),
  incident: z.string(),
  version: z.number(),
  state: z.string(),
  data: z.unknown(),
  digest: z.string().nullable(),
});

interface Vouched {
  readonly incidents: readonly string[];
  readonly remediations: readonly string[];
  readonly lines: readonly Omit<Entry, 'at'>[];
}

/** What was changed past the program is evidence: it stays, with its incident. */
async function vouchedFor(trx: Db, incidents: readonly string[], sha256: Sha256): Promise<Vouched> {
  const sql = `select r.id, incident_id as incident, r.version, state, data, e.data_digest as digest from remediations r
    left join remediation_events e on e.kind = 'move' and e.remediation_id = r.id and e.version = r.version
      and e.to_state = r.state
    where incident_id = any (?) order by number for update of r`;
  const found = await rows(trx, stand, sql, [[...incidents]]);
  const changed = new Set(
    found.filter((row) => row.digest !== digestOfData(row.data, sha256)).map(({ incident }) => incident),
  );
  const whole = found.filter(({ incident }) => !changed.has(incident));
  return {
    incidents: incidents.filter((id) => !changed.has(id)),
    remediations: whole.map(({ id }) => id),
    lines: whole.map(({ id, version, state, digest }) => ({
      kind: 'pruned',
      remediation: id,
      version,
      event: 'pruned',
      from: state,
      to: 'pruned',
      actor: null,
      dataDigest: digest ?? '',
    })),
  };
}

async function deleteAll(
  trx: Db,
  incidents: readonly string[],
  remediations: readonly string[],
  before: string,
): Promise<number> {
  let deleted = 0;
  for (const table of [
    'approvals',
    'snapshots',
    'second_looks',
    'drift_watches',
    'aftermaths',
    'silences',
    'held_targets',
    'target_waiters',
    'incident_evidence',
    'automation_operation_log',
  ]) {
    deleted += await write(trx, `delete from ${table} where remediation_id = any (?)`, [[...remediations]]);
  }
  deleted += await write(trx, 'delete from remediations where id = any (?)', [[...remediations]]);
  // Those whose alert has not ended keep their row, its evidence and their thread.
  const ending = `select id from incidents i where id = any (?) and ${alertIsOver('i')} order by id`;
  const gone = (await rows(trx, named, ending, [[...incidents], before, before])).map(({ id }) => id);
  const messages = 'select id from slack_outbox where incident_id = any (?)';
  deleted += await write(trx, `delete from slack_doubles where message_id in (${messages})`, [gone]);
  for (const table of ['slack_outbox', 'incident_evidence', 'automation_operation_log']) {
    deleted += await write(trx, `delete from ${table} where incident_id = any (?)`, [gone]);
  }
  return deleted + (await write(trx, 'delete from incidents where id = any (?)', [gone]));
}
