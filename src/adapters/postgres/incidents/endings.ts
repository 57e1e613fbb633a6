import { z } from 'zod';
import type { Ending, IncidentStanding } from '../../../domain/incidents/ending.ts';
import { finalStates, type RemediationIn } from '../../../domain/remediation.ts';
import type { Looked } from '../../../workflow/incidents-port.ts';
import type { Claim, Committed } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { heldClaim, unlessLost } from '../jobs/claims.ts';
import { renewedHead, toldInThread } from '../outbox/threads.ts';
import { findById } from '../remediations/remediations.ts';
import { type Db, rows, send, timestamp, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { lockOwners, waitingOf } from './engaged.ts';
import { actingKinOf, kinOf } from './kin.ts';
import { lockSettling } from './settling.ts';

/* The row says when an incident is looked at next; the sweeper wakes it. What joined another ends with that one. */

/** The predicate of the index incidents_not_closed. */
const notClosed = `closed_at is null and joined is null and state = 'triaged'`;

/** Looks that one sweep, each half a minute, begins. */
const mostDue = 200;

const due = (columns: string): string =>
  `(select ${columns} from incidents where ${notClosed} and look_at <= now() order by look_at limit ${mostDue})`;

/** Those that are due, for the sweeper; of many those that have waited longest. */
export const unended = due(`'end', id, looks`);

/**
 * Puts these behind all others that are due, in the transaction that woke them: a look says itself when the next is, and one
 * that fails again and again must not keep the others from theirs.
 */
export const putOffLooks = `update incidents set look_at = now() + interval '10 minutes' where id in ${due('id')}`;

const over = `state in (${finalStates.map((state) => `'${state}'`).join(', ')})`;

const standing = z
  .object({
    looks: z.number(),
    owner_key: z.string().nullable(),
    healthy_since: timestamp.nullable(),
    alerts: z.number(),
    firing: z.number(),
    events: z.number(),
    is_group: z.boolean(),
    heard_at: timestamp,
    came_at: timestamp,
    resolved_at: timestamp.nullable(),
    acting: z.boolean(),
    acted_at: timestamp.nullable(),
  })
  .transform(
    (row): IncidentStanding => ({
      looks: row.looks,
      alerts: row.alerts,
      firing: row.firing,
      events: row.events,
      heardAt: row.heard_at,
      cameAt: row.came_at,
      ...(row.is_group ? { isGroup: true } : {}),
      isActing: row.acting,
      ...(row.owner_key === null ? {} : { ownerKey: row.owner_key }),
      ...(row.healthy_since === null ? {} : { healthySince: row.healthy_since }),
      ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at }),
      ...(row.acted_at === null ? {} : { actedAt: row.acted_at }),
    }),
  );

const standingSql = `select root.looks, root.owner_key, root.healthy_since, root.grouped is not null as is_group, told.*, done.*
  from incidents root cross join lateral (
    select count(*) filter (where i.told)::int as alerts, count(*) filter (where i.fires)::int as firing,
      count(*) filter (where i.fires and i.source = 'kubernetes')::int as events,
      max(i.came_at) as came_at, max(coalesce(i.heard_at, i.came_at)) as heard_at, max(i.resolved_at) as resolved_at
    from ${kinOf('root.id')} kin cross join lateral (
      select case when grouped is null then created_at else moved_at end as came_at, heard_at, resolved_at,
        alert is not null as told, alert is not null and resolved_at is null as fires, alert->>'source' as source
      from incidents where id = kin.id offset 0) i
  ) told cross join lateral (
    select coalesce(bool_or(not (${over})), false) as acting, max(updated_at) filter (where ${over}) as acted_at
    from ${actingKinOf('root.id')} kin join remediations r on r.incident_id = kin.id
  ) done
  where root.id = ? and root.closed_at is null and root.joined is null and root.state = 'triaged'`;

/** What decides whether an incident is over; undefined for one that is, or that is a part of another. */
export async function findIncidentStanding(
  db: Db,
  incidentId: string,
): Promise<IncidentStanding | undefined> {
  return (await rows(db, standing, standingSql, [incidentId]))[0];
}

/** The remediations of an incident that wait for people. */
export async function findWaiting(db: Db, incidentId: string): Promise<RemediationIn<'waiting'>[]> {
  const found = await waitingOf(db, [incidentId]);
  const all = await Promise.all(found.map(({ id }) => findById(db, id)));
  return all.filter((row) => row?.state === 'waiting');
}

/**
 * Commits what a look came to. Closed is only what is still as it was looked at: nothing joins meanwhile, for triage has the
 * same lock, and a command the one of its owner.
 */
export async function settleEnding(
  context: Context,
  incidentId: string,
  { seen, ending }: Looked,
  claim: Claim | undefined,
): Promise<Committed> {
  return unlessLost(context.knex, async (trx) => {
    if (ending.kind === 'closed') {
      await lockSettling(trx);
      if (seen.ownerKey !== undefined) await send(trx, lockOwners([seen.ownerKey]));
      const now = await findIncidentStanding(trx, incidentId);
      if (now === undefined || !isSame(now, seen)) return 'stale';
    }
    const isMine = await write(trx, ...moved(context, incidentId, seen, ending));
    if (isMine !== 1) return 'stale';
    if (ending.kind === 'closed') tellOfEnd(trx, incidentId, seen.looks);
    if (claim !== undefined) trx.demand(heldClaim(claim));
    return 'committed';
  });
}

/** Promises the report of an incident in its thread; the same key again changes nothing. */
export async function promiseReport(knex: Db, incidentId: string, key: string): Promise<void> {
  const report = { key: `report:${incidentId}:${key}`, notice: { kind: 'report', incidentId } } as const;
  await send(knex, toldInThread(incidentId, report));
}

const isSame = (a: IncidentStanding, b: IncidentStanding): boolean =>
  a.looks === b.looks &&
  a.alerts === b.alerts &&
  a.firing === b.firing &&
  a.isActing === b.isActing &&
  a.heardAt === b.heardAt &&
  a.cameAt === b.cameAt;

function moved(
  { clock }: Pick<Context, 'clock'>,
  incidentId: string,
  { looks }: IncidentStanding,
  ending: Ending,
): [string, (string | number | null)[]] {
  const where = `where id = ? and looks = ? and ${notClosed}`;
  return ending.kind === 'closed'
    ? [
        `update incidents set looks = looks + 1, closed_at = ?, closed_why = ? ${where}`,
        [clock(), ending.why, incidentId, looks],
      ]
    : [
        `update incidents set looks = looks + 1, look_at = ?, healthy_since = ? ${where}`,
        [ending.at, ending.healthySince ?? null, incidentId, looks],
      ];
}

/**
 * The head says it in any case; what was more than one signal or one command has its end told in the thread, too, and the whole
 * of it as a file.
 */
function tellOfEnd(trx: Transaction, incidentId: string, looks: number): void {
  const signals = `(select count(*) from ${kinOf('?')} kin join incidents i on i.id = kin.id where i.alert is not null)`;
  const steps = `(select count(*) from ${actingKinOf('?')} kin join remediations r on r.incident_id = kin.id)`;
  const many = { sql: `${signals} + ${steps} > 1`, bindings: Array<string>(4).fill(incidentId) };
  const said = { key: `end:${incidentId}:${looks}`, notice: { kind: 'end', incidentId } } as const;
  const report = {
    key: `report:${incidentId}:${looks}`,
    notice: { kind: 'report', incidentId },
  } as const;
  trx.last(
    toldInThread(incidentId, said, many),
    toldInThread(incidentId, report, many),
    renewedHead(incidentId),
  );
}
