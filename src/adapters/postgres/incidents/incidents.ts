import { z } from 'zod';
import {
  type Alert,
  alertKey,
  alertName,
  endsAnyFiring,
  firingsKey,
  type Incident,
  incident,
} from '../../../domain/incidents/incident.ts';
import type { Context } from '../context.ts';
import { promiseResolutions } from '../outbox/messages.ts';
import { lockedThreads } from '../outbox/threads.ts';
import { clean, type Db, jsonText, rows, send, timestamp } from '../sql.ts';
import { transact } from '../transact.ts';
import { waitingOf } from './engaged.ts';
import type { Heard } from './heard.ts';

/** A row of `incidentColumns` as the domain has it. */
export const incidentRow = z
  .object({
    id: z.string(),
    state: z.string(),
    version: z.number(),
    dedup_key: z.string(),
    title: z.string(),
    alert: z.unknown(),
    resolved_at: timestamp.nullable(),
    no_action: z.string().nullable(),
    grouped: z.unknown(),
    owner_key: z.string().nullable(),
    joined: z.string().nullable(),
    created_at: timestamp,
  })
  .transform(({ dedup_key: dedupKey, alert, resolved_at: resolvedAt, no_action: noAction, ...rest }) => {
    const { created_at: createdAt, grouped, owner_key: ownerKey, joined, ...kept } = rest;
    return incident.parse({
      ...kept,
      dedupKey,
      createdAt,
      ...(alert === null ? {} : { alert }),
      ...(resolvedAt === null ? {} : { resolvedAt }),
      ...(noAction === null ? {} : { noAction }),
      ...(grouped === null ? {} : { grouped }),
      ...(ownerKey === null ? {} : { ownerKey }),
      ...(joined === null ? {} : { joined }),
    });
  });

export const incidentColumns =
  'id, state, version, dedup_key, title, alert, resolved_at, no_action, created_at, grouped, owner_key, joined';

/** By its id; undefined for what is none. */
export async function findIncident(db: Db, id: string): Promise<Incident | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  return (await rows(db, incidentRow, `select ${incidentColumns} from incidents where id = ?`, [id]))[0];
}

/** "FBin": the lock between firings and resolutions. */
const ingestLock = 0x4642696e;

export interface Ingested {
  readonly opened: number;
  readonly known: number;
  readonly resolved: number;
}

/**
 * Commits the alerts of several requests at once: a new firing is an incident, a known one is nothing, a
 * resolution is noted once. The order of arrival does not matter: a resolution that overtakes its firing is kept for it.
 * Answers what came of each request; what two of them brought counts for the first.
 *
 * @param heard told of known ones that are said to fire again
 */
export async function ingest(
  context: Context,
  requests: readonly (readonly Alert[])[],
  heard: Heard = async () => undefined,
): Promise<readonly Ingested[]> {
  const alerts = requests.flat();
  const firing = distinct(alerts.filter((alert) => alert.status === 'firing'));
  const over = distinct(alerts.filter((alert) => alert.status === 'resolved'));
  // Firings may come in side by side; a resolution waits for them, or it could miss the firing it belongs to.
  const [opened, resolved] =
    over.size === 0
      ? [await openAtOnce(context, [...firing.values()]), new Set<string>()]
      : await transact(context.knex, async (trx) => {
          await trx.raw(`select pg_advisory_xact_lock(${ingestLock})`);
          const begun = await rows(trx, openedRow, openSql, [draftsOf(context, [...firing.values()])]);
          return [keysOf(begun), await resolveIncidents(context, trx, over)] as const;
        });
  // Nobody who sends waits for it.
  void heard([...firing.keys()].filter((key) => !opened.has(key)));
  return requests.map((request) => {
    const came = {
      opened: takeFrom(opened, request, 'firing'),
      resolved: takeFrom(resolved, request, 'resolved'),
    };
    return { ...came, known: request.length - came.opened - came.resolved };
  });
}

/** One of each key, in the order of the keys: two batches that share alerts then lock in the same order. */
function distinct(alerts: readonly Alert[]): ReadonlyMap<string, Alert> {
  const byKey = new Map(alerts.map((alert) => [keyOf(alert), alert]));
  return new Map([...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The key as the database holds it. */
const keyOf = (alert: Alert): string => clean(alertKey(alert));

/** How many of these keys a request brought; each counts once. */
function takeFrom(keys: Set<string>, request: readonly Alert[], status: Alert['status']): number {
  return request.filter((alert) => alert.status === status && keys.delete(keyOf(alert))).length;
}

const openedRow = z.object({ dedup_key: z.string() });

const keysOf = (opened: readonly z.infer<typeof openedRow>[]): Set<string> =>
  new Set(opened.map(({ dedup_key }) => dedup_key));

/** The new incidents as JSON, one record each. */
function draftsOf(context: Context, firing: readonly Alert[]): string {
  const at = context.clock();
  return jsonText(
    firing.map((alert) => ({
      id: context.newId(),
      key: alertKey(alert),
      title: alertName(alert),
      alert,
      at,
      any: anyKeyOf(alert),
      starts: alert.startsAt,
    })),
  );
}

/** Under which an end is kept that does not say which firing of an alert it ends. */
const anyKeyOf = (alert: Alert): string => clean(`${firingsKey(alert)}*`);

/**
 * Writes those that are not known; answers their keys. Nobody is woken yet: see waking.ts. What was reported is in the row
 * itself; its place among the evidence it gets as it is triaged, when no sender waits.
 */
const openSql = `with draft as (
    select * from jsonb_to_recordset(?::jsonb)
      as x (id uuid, key text, title text, alert jsonb, at timestamptz, "any" text, starts timestamptz)
  )
  insert into incidents (id, state, dedup_key, title, alert, resolved_at, created_at)
  select draft.id, 'received', key, title, alert, coalesce(
      (select resolved_at from early_resolutions early where early.dedup_key = key),
      (select least(resolved_at, at) from early_resolutions early where early.dedup_key = "any" and resolved_at >= starts)), at
  from draft
  where not exists (select from incidents where dedup_key = key) order by key
  on conflict (dedup_key) do nothing returning dedup_key`;

/**
 * The lock, the incidents and the commit are sent at once, which is one wait; each statement sees what the one before
 * waited for.
 */
async function openAtOnce(context: Context, firing: readonly Alert[]): Promise<Set<string>> {
  if (firing.length === 0) return new Set();
  const drafts = draftsOf(context, firing);
  const begun = await transact(context.knex, async (trx) => {
    trx.demand({ sql: 'select pg_advisory_xact_lock_shared(?)', bindings: [ingestLock] });
    const answer = rows(trx, openedRow, openSql, [drafts]);
    // A fault of it is the transaction's, which tells it.
    answer.catch(() => undefined);
    return { answer };
  });
  return keysOf(await begun.answer);
}

const resolvedRow = z.object({ id: z.string(), dedup_key: z.string() });

/** Answers the keys that were not known to be over. */
async function resolveIncidents(
  context: Context,
  trx: Db,
  over: ReadonlyMap<string, Alert>,
): Promise<Set<string>> {
  if (over.size === 0) return new Set();
  const now = context.clock();
  const ends = [...over].map(([key, alert]) => {
    const end = alert.endsAt ?? now;
    return {
      ...{ key, end, at: earlier(end, now) },
      ...(endsAnyFiring(alert) ? { of: clean(firingsKey(alert)), kept: anyKeyOf(alert) } : {}),
    };
  });
  await lockEnding(trx, ends);
  const ended = 'jsonb_to_recordset(?::jsonb) as ended (key text, at timestamptz, kept text)';
  const sql = `update incidents set resolved_at = ended.at from ${ended}
    where dedup_key = ended.key and resolved_at is null returning id, dedup_key`;
  const resolved = await rows(trx, resolvedRow, sql, [jsonText(ends)]);
  const early = `insert into early_resolutions (dedup_key, resolved_at) select ended.key, ended.at from ${ended}
    where kept is null and not exists (select from incidents where dedup_key = ended.key) order by ended.key
    on conflict do nothing returning dedup_key`;
  const kept = await rows(trx, z.object({ dedup_key: z.string() }), early, [jsonText(ends)]);
  const others = await resolveAnyFiring(trx, ends.filter(isOfAny));
  const ids = [...resolved.map(({ id }) => id), ...others.ids];
  await promiseResolutions(trx, ids);
  await lookAgain(context, trx, ids);
  return new Set([...[...resolved, ...kept].map(({ dedup_key }) => dedup_key), ...others.keys]);
}

interface AnyEnd {
  readonly key: string;
  readonly of: string;
  readonly kept: string;
  /** By the sender's clock, as the starts that it is compared with. */
  readonly end: string;
  readonly at: string;
}

const isOfAny = (end: Partial<AnyEnd>): end is AnyEnd => end.of !== undefined;

/** Characters of a start as it stands at the end of a firing's identity. */
const startLength = new Date(0).toISOString().length;

/** Which firings are over by an end that is of no one firing. */
const ofAny = `alert is not null and resolved_at is null and left(dedup_key, -${startLength}) = ended.of
      and (alert ->> 'startsAt')::timestamptz <= ended."end"`;

/**
 * Locks what is about to be over, before any of it is written: what is a part of a thread, or in none yet, and then the threads, each
 * in one order. See threads.ts.
 */
async function lockEnding(trx: Db, ends: readonly object[]): Promise<void> {
  const ended = `jsonb_to_recordset(?::jsonb) as ended (key text, of text, "end" timestamptz)`;
  const over = `(select id, joined, state from ${ended} join incidents on dedup_key = ended.key where resolved_at is null
    union select id, joined, state from ${ended} join incidents on ${ofAny}) over`;
  const asked = Array<string>(2).fill(jsonText(ends));
  const inner = `select id from ${over} where joined is not null or state = 'received'`;
  await rows(
    trx,
    locked,
    `select id from incidents where id in (${inner}) order by id for no key update`,
    asked,
  );
  await send(trx, lockedThreads(`select coalesce(joined, id) from ${over} where state <> 'received'`, asked));
}

const locked = z.object({ id: z.string() });

/** Ends all firings that had begun by then, also those that come in later; answers their incidents, and the keys that were news. */
async function resolveAnyFiring(
  trx: Db,
  ends: readonly AnyEnd[],
): Promise<{ readonly ids: readonly string[]; readonly keys: readonly string[] }> {
  if (ends.length === 0) return { ids: [], keys: [] };
  const last = `(select of, kept, max("end") as "end", max(at) as at
    from jsonb_to_recordset(?::jsonb) as x (of text, kept text, "end" timestamptz, at timestamptz) group by 1, 2) ended`;
  const sql = `update incidents set resolved_at = ended.at from ${last}
    where ${ofAny} returning id, dedup_key`;
  const resolved = await rows(trx, resolvedRow, sql, [jsonText(ends)]);
  const keep = `insert into early_resolutions as early (dedup_key, resolved_at) select kept, "end" from ${last} order by 1
    on conflict (dedup_key) do update set resolved_at = excluded.resolved_at
      where early.resolved_at < excluded.resolved_at returning dedup_key`;
  const news = new Set((await rows(trx, openedRow, keep, [jsonText(ends)])).map(({ dedup_key: key }) => key));
  return {
    ids: resolved.map(({ id }) => id),
    keys: ends.filter(({ kept }) => news.has(kept)).map(({ key }) => key),
  };
}

/** Nothing is over in the future, whatever a sender's clock says. */
const earlier = (a: string, b: string): string => (Date.parse(a) < Date.parse(b) ? a : b);

/** What waits for people because of these is looked at again: its cause may be gone. */
async function lookAgain(
  context: Pick<Context, 'queue'>,
  trx: Db,
  incidents: readonly string[],
): Promise<void> {
  if (incidents.length === 0) return;
  const salt = `resolved ${incidents[0]}`;
  for (const { id, version } of await waitingOf(trx, incidents))
    await send(trx, context.queue.sending({ kind: 'step', id, version }, { salt }));
}
