import { z } from 'zod';
import { printAction } from '../../../actions/print.ts';
import { type Request, targetKey } from '../../../domain/action.ts';
import type { Requester } from '../../../domain/actor.ts';
import {
  finalStates,
  type Remediation,
  type RemediationIn,
  remediation,
} from '../../../domain/remediation.ts';
import { canonicalJson, json } from '../../../domain/text/json.ts';
import { OtherVersion } from '../../../workflow/other-version.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import type { Proposal } from '../../../workflow/proposal.ts';
import type { Summary } from '../../../workflow/summary.ts';
import type { Context } from '../context.ts';
import { type Binding, clean, type Db, jsonText, rows, type Statement, timestamp } from '../sql.ts';
import { type Home, homesOf } from './homes.ts';

const anyRow = z
  .object({
    id: z.string(),
    number: z.number(),
    incident_id: z.string(),
    state: z.string(),
    version: z.number(),
    data: z.record(z.string(), z.unknown()),
    updated_at: timestamp,
  })
  .transform(({ incident_id, data, updated_at: at, ...columns }): Remediation | OtherVersion => {
    const read = remediation.safeParse({ ...data, ...columns, incidentId: incident_id });
    return read.success ? read.data : new OtherVersion({ ...columns, at }, read.error);
  });

const row = anyRow.transform((read) => {
  if (read instanceof OtherVersion) throw read;
  return read;
});

const columns = 'id, number, incident_id, state, version, data, updated_at';

/** The remediation with this id, as the row stands now. `lock` holds the row until the transaction ends. */
export async function findById(db: Db, id: string, lock = false): Promise<Remediation | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  const suffix = lock ? ' for update' : '';
  return (await rows(db, row, `select ${columns} from remediations where id = ?${suffix}`, [id]))[0];
}

/** By the number that people see; undefined for what is none. */
export async function findByNumber(db: Db, number: number): Promise<Remediation | undefined> {
  if (!Number.isInteger(number) || number < 1 || number > 2_147_483_647) return undefined;
  return (await rows(db, row, `select ${columns} from remediations where number = ?`, [number]))[0];
}

/**
 * Several; those that another version has written are named, and keep nobody from the rest.
 *
 * @param condition what follows `where`, of this code and never of anybody's text
 */
export function remediationsWhere(
  db: Db,
  condition: string,
  bindings: readonly Binding[],
): Promise<readonly (Remediation | OtherVersion)[]> {
  return rows(db, anyRow, `select ${columns} from remediations where ${condition}`, bindings);
}

/** Rows are read so many at a time. */
const page = 200;

/** Every remediation asked for since an instant that was judged, oldest first, also what another version has written. */
export async function* judgedSince(db: Db, since: string): AsyncGenerator<Remediation | OtherVersion> {
  const sql = `select ${columns} from remediations
    where created_at >= ? and tier is not null and number > ? order by number limit ?`;
  for (let last = 0; ; ) {
    const found = await rows(db, anyRow, sql, [since, last, page]);
    yield* found;
    const end = found.at(-1);
    if (end === undefined || found.length < page) return;
    last = end.number;
  }
}

export async function findByRequestKey(db: Db, key: string): Promise<Remediation | undefined> {
  return (await rows(db, row, `select ${columns} from remediations where request_key = ?`, [clean(key)]))[0];
}

/** What asks the same of the same object and is not over, the first of it. */
export async function findSame(db: Db, cluster: string, asked: Request): Promise<Remediation | undefined> {
  const sql = `select ${columns} from remediations
    where target_key = ? and command = ? and ${unfinished} order by number limit 1`;
  return (await rows(db, row, sql, [targetKey(cluster, asked.target), printAction(asked)]))[0];
}

/** The part of a remediation that lies in `data`: everything that is not a column of its own. */
function dataOf(subject: Remediation): string {
  const { id, number, incidentId, state, version, ...data } = subject;
  return jsonText(data);
}

/** A remediation as it is read again after it was written. */
export function asStored(subject: Remediation): Remediation {
  const { id, number, incidentId, state, version } = subject;
  const data: unknown = JSON.parse(dataOf(subject));
  return remediation.parse({ ...Object(data), id, number, incidentId, state, version });
}

/** The digest by which the event chain vouches for a row's data. */
export function digestOf(subject: Remediation, sha256: Sha256): string {
  return digestOfData(JSON.parse(dataOf(subject)), sha256);
}

export function digestOfData(data: unknown, sha256: Sha256): string {
  return sha256(canonicalJson(json.parse(data)));
}

export interface Birth extends Home {
  readonly proposal: Proposal;
  readonly incidentId: string;
  readonly at: string;
  readonly requestKey?: string;
}

/** A remediation in its first state, without the number that the database gives, and the statement that writes it. */
export function newRemediation(birth: Birth) {
  const { proposal, incidentId, cluster, at } = birth;
  const draft = {
    state: 'requested' as const,
    id: proposal.id,
    incidentId,
    version: 0,
    cluster,
    action: proposal.action,
    targetKey: targetKey(cluster, proposal.action.target),
    requestedBy: proposal.requestedBy,
    ...(proposal.reason === undefined ? {} : { reason: clean(proposal.reason) }),
    ...(proposal.replaces === undefined ? {} : { replaces: proposal.replaces }),
    ...(proposal.anew === undefined ? {} : { anew: proposal.anew }),
    createdAt: at,
    updatedAt: at,
  };
  const uid = identityOf(birth);
  const sql = `insert into remediations (id, incident_id, state, version, cluster, cluster_uid, target_key, verb, command, requested_by,
      request_key, data, created_at, updated_at)
    select ?::uuid, ?::uuid, 'requested', 0, ?, ${uid.sql}, ?, ?, ?, ?, ?, ?::jsonb, ?::timestamptz, ?::timestamptz`;
  const bindings = [
    draft.id,
    incidentId,
    cluster,
    ...uid.bindings,
    draft.targetKey,
    draft.action.verb,
    printAction(draft.action),
    describeRequester(draft.requestedBy),
    birth.requestKey === undefined ? null : clean(birth.requestKey),
    dataOf({ ...draft, number: 1 }),
    at,
    at,
  ];
  return { draft, statement: { sql, bindings } satisfies Statement };
}

function identityOf({ clusterUid, parent }: Home): Statement {
  const known = clusterUid ?? null;
  if (parent === undefined) return { sql: '?', bindings: [known] };
  const sql = 'coalesce((select cluster_uid from remediations where id = ?::uuid), ?)';
  return { sql, bindings: [parent, known] };
}

/**
 * Opens an incident with the remediation that a person's command asks for; there is nothing to triage. Undefined when the
 * key is known: then neither is written.
 */
export async function openAsked(
  db: Db,
  asked: { readonly key: string; readonly title: string },
  birth: Birth,
): Promise<RemediationIn<'requested'> | undefined> {
  const { draft, statement } = newRemediation(birth);
  const sql = `with asked as (
      insert into incidents (id, state, dedup_key, title, created_at) values (?, 'triaged', ?, ?, ?)
      on conflict (dedup_key) do nothing returning id
    )
    ${statement.sql} from asked returning number`;
  const incident = [birth.incidentId, clean(asked.key), clean(asked.title), birth.at];
  const number = z.object({ number: z.number() });
  const [opened] = await rows(db, number, sql, [...incident, ...statement.bindings]);
  return opened && { ...draft, number: opened.number };
}

/** Moves a row on if it still has the version that it is moved from; writes no row where it had moved already. */
export function moved(from: Remediation, next: Remediation): Statement {
  const sql = `update remediations set state = ?, version = ?, tier = ?, score = ?, verdict = ?, expires_at = ?, data = ?::jsonb,
      updated_at = ?, moved_at = now()
    where id = ? and version = ? and state = ?`;
  const spec = 'spec' in next ? next.spec : undefined;
  const verdict = 'verdict' in next ? next.verdict : undefined;
  const bindings = [
    next.state,
    next.version,
    spec?.tier ?? null,
    spec?.score ?? null,
    verdict?.result ?? null,
    next.state === 'waiting' ? next.expiresAt : null,
    dataOf(next),
    next.updatedAt,
    from.id,
    from.version,
    from.state,
  ];
  return { sql, bindings };
}

/** Who asked, in a word: a user's id, a playbook's name, or the remediation that a rollback is of. */
export function describeRequester(requester: Requester): string {
  if (requester.kind === 'person') return requester.actor.userId;
  return requester.kind === 'playbook'
    ? `playbook ${requester.playbook}`
    : `rollback of ${requester.ofNumber}`;
}

/** A row of `summaryColumns`. */
export const summary = z
  .object({
    number: z.number(),
    id: z.string(),
    state: z.string(),
    command: z.string(),
    tier: z.string().nullable(),
    score: z.number().nullable(),
    verdict: z.string().nullable(),
    created_at: timestamp,
    updated_at: timestamp,
    elsewhere: z.string().nullable(),
    among: z.string().nullable(),
  })
  .transform(
    ({ tier, score, verdict, created_at: createdAt, updated_at: updatedAt, elsewhere, among, ...line }) => ({
      ...line,
      ...(tier === null ? {} : { tier }),
      ...(score === null ? {} : { score }),
      ...(verdict === null ? {} : { verdict }),
      createdAt,
      updatedAt,
      ...(elsewhere === null ? {} : { elsewhere }),
      ...(among === null ? {} : { cluster: among }),
    }),
  );

/** Twice a parameter: the clusters at hand, of `homesOf`. */
export const summaryColumns = `number, id, state, command, tier, score, verdict, created_at, updated_at,
  case when not exists (select from jsonb_to_recordset(?::jsonb) as here (name text, uid text)
    where coalesce(cluster_uid = here.uid, cluster = here.name)) then cluster end as elsewhere,
  case when jsonb_array_length(?::jsonb) > 1 then cluster end as among`;

/** The predicate of the index remediations_unfinished; what only a newer version knows counts as open. */
const unfinished = `state not in (${finalStates.map((each) => `'${each}'`).join(', ')})`;

/** Newest first; `open` leaves out what has ended. */
export async function summaries(
  context: Pick<Context, 'knex' | 'cluster' | 'clusters' | 'identity'>,
  filter: { readonly open: boolean; readonly limit: number },
): Promise<readonly Summary[]> {
  const where = filter.open ? `where ${unfinished}` : '';
  const sql = `select ${summaryColumns} from remediations ${where} order by number desc limit ?`;
  const homes = homesOf(context);
  return rows(context.knex, summary, sql, [homes, homes, filter.limit]);
}
