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
 * Commits alerts: a new firing is an incident with evidence and a wake, a known one is nothing, a resolution is
 * noted once. The order of arrival does not matter: a resolution that overtakes its firing is kept for it.
 */
export async function ingest(context: Context, alerts: readonly Alert[]): Promise<Ingested> {
  const firing = distinct(alerts.filter((alert) => alert.status === 'firing'));
  const over = distinct(alerts.filter((alert) => alert.status === 'resolved'));
  return transact(context.knex, async (trx) => {
    // Firings may come in side by side; a resolution waits for them, or it could miss the firing it belongs to.
    const mode = over.length > 0 ? '' : '_shared';
    await trx.raw(`select pg_advisory_xact_lock${mode}(?)`, [ingestLock]);
    const opened = await openIncidents(context, trx, firing);
    const resolved = await resolveIncidents(context, trx, over);
    return { opened, resolved, known: alerts.length - opened - resolved };
  });
}

/** One of each key, in the order of the keys: two batches that share alerts then lock in the same order. */
function distinct(alerts: readonly Alert[]): readonly Alert[] {
  const byKey = new Map(alerts.map((alert) => [clean(alertKey(alert)), alert]));
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, alert]) => alert);
}

async function openIncidents(context: Context, trx: Db, firing: readonly Alert[]): Promise<number> {
  if (firing.length === 0) return 0;
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
      insert into incidents (id, state, dedup_key, title, alert, resolved_at, created_at)
      select draft.id, 'received', key, title, alert, early.resolved_at, at
      from draft left join early_resolutions early on early.dedup_key = key order by key
      on conflict (dedup_key) do nothing returning id, alert
    ), evidence as (
      insert into incident_evidence (incident_id, kind, payload) select id, 'alert', alert from opened
    )
    select id from opened`;
  const opened = await rows(trx, z.object({ id: z.string() }), sql, [jsonText(drafts)]);
  await context.queue.sendAll(
    trx,
    opened.map(({ id }) => ({ kind: 'triage' as const, id, version: 0 })),
  );
  return opened.length;
}

async function resolveIncidents(context: Context, trx: Db, over: readonly Alert[]): Promise<number> {
  if (over.length === 0) return 0;
  const ends = jsonText(over.map((alert) => ({ key: alertKey(alert), at: alert.endsAt ?? context.clock() })));
  const ended = 'jsonb_to_recordset(?::jsonb) as ended (key text, at timestamptz)';
  const sql = `update incidents set resolved_at = ended.at from ${ended}
    where dedup_key = ended.key and resolved_at is null returning id, resolved_at`;
  const resolved = await rows(trx, z.object({ id: z.string(), resolved_at: timestamp }), sql, [ends]);
  const early = `insert into early_resolutions (dedup_key, resolved_at) select ended.key, ended.at from ${ended}
    where not exists (select from incidents where dedup_key = ended.key) on conflict do nothing`;
  const kept = await write(trx, early, [ends]);
  await promiseResolutions(context, trx, new Map(resolved.map((found) => [found.id, found.resolved_at])));
  return resolved.length + kept;
}

/** An incident that a person's command opened: there is nothing to triage. False when the key is known. */
export async function insertAsked(
  trx: Db,
  asked: { id: string; key: string; title: string; at: string },
): Promise<boolean> {
  const sql = `insert into incidents (id, state, dedup_key, title, created_at) values (?, 'triaged', ?, ?, ?)
    on conflict (dedup_key) do nothing`;
  return (await write(trx, sql, [asked.id, clean(asked.key), clean(asked.title), asked.at])) === 1;
}

/** Marks an incident as triaged if it still is at this version, with the reason when nothing was proposed. */
export async function markTriaged(trx: Db, subject: Incident, noAction: string | null): Promise<boolean> {
  const sql = `update incidents set state = 'triaged', version = version + 1, moved_at = now(), no_action = ?
    where id = ? and version = ? and state = 'received'`;
  return (
    (await write(trx, sql, [noAction === null ? null : clean(noAction), subject.id, subject.version])) === 1
  );
}
