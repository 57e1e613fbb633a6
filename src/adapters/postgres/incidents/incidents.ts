import { z } from 'zod';
import {
  type Alert,
  alertKey,
  alertName,
  type Incident,
  incident,
} from '../../../domain/incidents/incident.ts';
import type { Context } from '../context.ts';
import { promiseResolutions } from '../outbox/messages.ts';
import { clean, type Db, jsonText, rows, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';
import { roomForTriage, wakeTriage } from './waking.ts';

const row = z
  .object({
    id: z.string(),
    state: z.string(),
    version: z.number(),
    dedup_key: z.string(),
    title: z.string(),
    alert: z.unknown(),
    resolved_at: timestamp.nullable(),
    no_action: z.string().nullable(),
    created_at: timestamp,
  })
  .transform(({ dedup_key: dedupKey, alert, resolved_at: resolvedAt, no_action: noAction, ...rest }) => {
    const { created_at: createdAt, ...kept } = rest;
    return incident.parse({
      ...kept,
      dedupKey,
      createdAt,
      ...(alert === null ? {} : { alert }),
      ...(resolvedAt === null ? {} : { resolvedAt }),
      ...(noAction === null ? {} : { noAction }),
    });
  });

export async function findIncident(db: Db, id: string): Promise<Incident | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  const sql =
    'select id, state, version, dedup_key, title, alert, resolved_at, no_action, created_at from incidents where id = ?';
  return (await rows(db, row, sql, [id]))[0];
}

/** "FBin": the lock between firings and resolutions. */
const ingestLock = 0x4642696e;

export interface Ingested {
  readonly opened: number;
  readonly known: number;
  readonly resolved: number;
}

/**
 * Commits the alerts of several requests at once: a new firing is an incident with evidence and a wake, a known one is
 * nothing, a resolution is noted once. The order of arrival does not matter: a resolution that overtakes its firing is
 * kept for it. Answers what came of each request; what two of them brought counts for the first.
 */
export async function ingest(
  context: Context,
  requests: readonly (readonly Alert[])[],
): Promise<readonly Ingested[]> {
  const alerts = requests.flat();
  const firing = distinct(alerts.filter((alert) => alert.status === 'firing'));
  const over = distinct(alerts.filter((alert) => alert.status === 'resolved'));
  const [opened, resolved] = await transact(context.knex, async (trx) => {
    // Firings may come in side by side; a resolution waits for them, or it could miss the firing it belongs to.
    const mode = over.size > 0 ? '' : '_shared';
    await trx.raw(`select pg_advisory_xact_lock${mode}(?)`, [ingestLock]);
    const begun = await openIncidents(context, trx, [...firing.values()]);
    return [begun, await resolveIncidents(context, trx, over)] as const;
  });
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

const openedRow = z.object({ id: z.string(), dedup_key: z.string(), woken: z.boolean() });

/** Answers the keys of the incidents that are new. */
async function openIncidents(context: Context, trx: Db, firing: readonly Alert[]): Promise<Set<string>> {
  if (firing.length === 0) return new Set();
  const at = context.clock();
  const drafts = firing.map((alert) => ({
    id: context.newId(),
    key: alertKey(alert),
    title: alertName(alert),
    alert,
    at,
  }));
  const sql = `with draft as (
      select * from jsonb_to_recordset(?::jsonb) as x (id uuid, key text, title text, alert jsonb, at timestamptz)
    ), opened as (
      insert into incidents (id, state, dedup_key, title, alert, resolved_at, created_at, woken_at)
      select draft.id, 'received', key, title, alert, early.resolved_at, at,
        case when row_number() over (order by key) <= ${roomForTriage} then now() end
      from draft left join early_resolutions early on early.dedup_key = key
      where not exists (select from incidents where dedup_key = key) order by key
      on conflict (dedup_key) do nothing returning id, dedup_key, alert, woken_at
    ), evidence as (
      insert into incident_evidence (incident_id, kind, payload) select id, 'alert', alert from opened
    )
    select id, dedup_key, woken_at is not null as woken from opened`;
  const opened = await rows(trx, openedRow, sql, [jsonText(drafts)]);
  await wakeTriage(
    context,
    trx,
    opened.filter(({ woken }) => woken),
  );
  return new Set(opened.map(({ dedup_key }) => dedup_key));
}

const resolvedRow = z.object({ id: z.string(), dedup_key: z.string(), resolved_at: timestamp });

/** Answers the keys that were not known to be over. */
async function resolveIncidents(
  context: Context,
  trx: Db,
  over: ReadonlyMap<string, Alert>,
): Promise<Set<string>> {
  if (over.size === 0) return new Set();
  const ends = jsonText([...over].map(([key, alert]) => ({ key, at: alert.endsAt ?? context.clock() })));
  const ended = 'jsonb_to_recordset(?::jsonb) as ended (key text, at timestamptz)';
  const sql = `update incidents set resolved_at = ended.at from ${ended}
    where dedup_key = ended.key and resolved_at is null returning id, dedup_key, resolved_at`;
  const resolved = await rows(trx, resolvedRow, sql, [ends]);
  const early = `insert into early_resolutions (dedup_key, resolved_at) select ended.key, ended.at from ${ended}
    where not exists (select from incidents where dedup_key = ended.key) order by ended.key
    on conflict do nothing returning dedup_key`;
  const kept = await rows(trx, z.object({ dedup_key: z.string() }), early, [ends]);
  await promiseResolutions(context, trx, new Map(resolved.map((found) => [found.id, found.resolved_at])));
  return new Set([...resolved, ...kept].map(({ dedup_key }) => dedup_key));
}

/** Marks an incident as triaged if it still is at this version, with the reason when nothing was proposed. */
export async function markTriaged(trx: Db, subject: Incident, noAction: string | null): Promise<boolean> {
  const sql = `update incidents set state = 'triaged', version = version + 1, moved_at = now(), no_action = ?
    where id = ? and version = ? and state = 'received'`;
  return (
    (await write(trx, sql, [noAction === null ? null : clean(noAction), subject.id, subject.version])) === 1
  );
}
