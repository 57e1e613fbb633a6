import { z } from 'zod';
import type { Incident } from '../../../domain/incidents/incident.ts';
import { cardKey } from '../../../domain/incidents/notice.ts';
import { finalStates } from '../../../domain/remediation.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import { redact } from '../../../domain/text/redact.ts';
import { cut } from '../../../domain/text/text.ts';
import { after } from '../../../domain/text/time.ts';
import type { Engaged, Owned } from '../../../workflow/proposal.ts';
import type { Context } from '../context.ts';
import { type PromisedReply, promisedHeads, promisedReply } from '../outbox/messages.ts';
import { clean, type Db, jsonText, rows, type Statement, timestamp } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { actingKinOf, kinOf, rootOf } from './kin.ts';

/* One remediation at a time for an owner, and one proposal for one cause: what else is reported of the owner joins. */

const row = z.object({
  asked: z.string(),
  remediation: z.uuid(),
  number: z.number(),
  incident: z.uuid(),
  state: z.string(),
  open: z.boolean(),
  updated_at: timestamp,
});

const engagedOf = ({ asked: _asked, open, updated_at, ...rest }: z.infer<typeof row>): Engaged =>
  open ? rest : { ...rest, endedAt: updated_at };

/** How many of an owner's last remediations are looked at by each way to them. */
const looked = 20;

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** What is over; a state of a newer version is not, as far as can be said here. */
const over = quoted(finalStates);

/** Ends that say nothing of what may be done to the owner: after all others it is left alone for a while. */
const silent = quoted(['no_action', 'superseded'] satisfies (typeof finalStates)[number][]);

/** Of each owner that is asked for, one row at most. `asked.own` is its key as the database holds it. */
const sql = `select asked.key as asked, found.* from jsonb_to_recordset(?::jsonb) as asked (key text, own text, since timestamptz)
  cross join lateral (
    select id as remediation, number, incident_id as incident, state, state not in (${over}) as open, updated_at
    from remediations
    where id in (
        (select id from remediations where target_key = asked.own order by number desc limit ${looked})
        union all (select remediation_id from object_history where object_key = asked.own order by started_at desc limit ${looked})
        union all (select of.id from incidents join remediations of on of.incident_id = incidents.id
          where incidents.owner_key = asked.own order by of.number desc limit ${looked})
      ) and (state not in (${over}) or (state not in (${silent}) and updated_at > asked.since))
    order by open desc, number desc limit 1
  ) found`;

/** The remediation of an owner that is not over, or else the last one that has ended within the cool-down. */
export async function findEngaged(
  context: Pick<Context, 'clock'>,
  db: Db,
  owner: Owned,
): Promise<Engaged | undefined> {
  return (await findAllEngaged(context, db, [owner])).get(owner.key);
}

/** The same of many owners, by their keys; of one that is named twice the first cool-down counts. */
export async function findAllEngaged(
  { clock }: Pick<Context, 'clock'>,
  db: Db,
  owners: readonly Owned[],
): Promise<Map<string, Engaged>> {
  const now = clock();
  const asked = new Map<string, { readonly key: string; readonly own: string; readonly since: string }>();
  for (const { key, coolDownSeconds } of owners)
    if (!asked.has(key)) asked.set(key, { key, own: clean(key), since: after(now, -coolDownSeconds) });
  if (asked.size === 0) return new Map();
  const found = await rows(db, row, sql, [jsonText([...asked.values()])]);
  return new Map(found.map((each) => [each.asked, engagedOf(each)]));
}

/**
 * The incident of an owner of which what else is reported or asked for about the owner is a part: one that is not closed, or
 * was so short a time ago that an alert opens it again; of two one that is not. An incident of people's commands alone is none. A scalar; `owner` and
 * `self` are an expression and the row's name, `closed` says of which closed ones it is so.
 */
const openOf = (owner: string, self: string, closed = 'false'): string => `(select root.id from incidents root
  where root.owner_key = ${owner} and root.joined is null and (root.closed_at is null or ${closed}) and root.id <> ${self}.id
    and root.created_at > ${self}.created_at - interval '${oldest}'
    and (root.alert is not null or exists (select from incidents part where part.joined = root.id and part.alert is not null))
  order by root.closed_at is not null, root.created_at desc limit 1)`;

/** What began so long before is another matter, whatever an alert says that never ends. */
const oldest = '3 days';

/** Minutes for which an alert opens again what was closed; one parameter. */
const lately = `root.closed_at > ?::timestamptz - ?::float8 * interval '1 minute'`;

const usualReopening = () => 60;

/** An incident and the owner that it is of. */
export interface OfOwner {
  readonly incident: Incident;
  readonly owner: Pick<Owned, 'key'>;
}

/** Notes whose incident each is, and joins it to the one of the same owner that is not over. */
export function notedOwners(
  { clock, reopenMinutes = usualReopening }: Pick<Context, 'clock' | 'reopenMinutes'>,
  owned: readonly OfOwner[],
): readonly Statement[] {
  if (owned.length === 0) return [];
  const sql = `update incidents set owner_key = owned.key,
      joined = coalesce(incidents.joined, ${openOf('owned.key', 'incidents', lately)})
    from jsonb_to_recordset(?::jsonb) as owned (id uuid, key text) where incidents.id = owned.id`;
  const keys = owned.map(({ incident: { id }, owner: { key } }) => ({ id, key }));
  return [{ sql, bindings: [clock(), reopenMinutes(), jsonText(keys)] }];
}

/** "FBow": what is noted of one owner is noted one after the other, by commands and by triage. */
const ownerLock = 0x4642_6f77;

/** Until the end of the transaction nobody else notes anything of these owners. */
export const lockOwners = (keys: readonly string[]): Statement => ({
  sql: `select pg_advisory_xact_lock(${ownerLock}, lock) from (
      select distinct hashtext(key) as lock from unnest(?::text[]) key order by 1) ordered`,
  bindings: [keys.map(clean)],
});

/** The same for the incident of a remediation whose target was looked at, where triage has not said whose it is. */
export function notedOwner(incidentId: string, key: string): readonly Statement[] {
  const sql = `update incidents self set owner_key = asked.key, joined = ${openOf('asked.key', 'self')}
    from (select ?::uuid as id, ?::text as key) asked
    where self.id = asked.id and self.owner_key is null and self.joined is null
      and not exists (select from incidents part where part.joined = asked.id)`;
  return [lockOwners([key]), { sql, bindings: [incidentId, clean(key)] }];
}

/** What the reason begins with of one that joined; that of a remediation says nothing by itself. */
export const joinedWords = 'It joined ';

/** Why nothing is proposed for what has joined. */
export function joinedSentence({ number, endedAt }: Engaged): string {
  const which = number === undefined ? 'the remediation that began with it' : `remediation ${number}`;
  return endedAt === undefined
    ? `${joinedWords}${which}, which is not over.`
    : `${joinedWords}${which}, which ended at ${endedAt}: nothing else is proposed within the cool-down.`;
}

/** An incident that is a part of another one of the same owner. */
export interface Joining {
  readonly incident: Incident;
  readonly engaged: Engaged;
  readonly owner: Owned;
}

const titled = z.object({ id: z.string(), title: z.string() });

/**
 * Says in the threads of the remediations that incidents have joined what is news: an alert of another name, or one that came
 * after the end. Of a herd each name is said once.
 */
export async function tellJoined(
  context: Context,
  trx: Transaction,
  joining: readonly Joining[],
): Promise<void> {
  if (joining.length === 0) return;
  const roots = [...new Set(joining.map(({ engaged }) => engaged.incident))];
  const found = await rows(trx, titled, 'select id, title from incidents where id = any (?)', [roots]);
  const titles = new Map(found.map(({ id, title }) => [id, title]));
  const news = new Map(
    joining
      .filter(
        ({ incident, engaged }) =>
          engaged.endedAt !== undefined || titles.get(engaged.incident) !== incident.title,
      )
      .map((each) => newsOf(context, each))
      .map((each) => [each.key, each]),
  );
  trx.last(
    ...[...news.values()].map((each) => promisedReply(context, each)),
    promisedHeads([...new Set(joining.map(({ engaged }) => engaged.remediation))]),
  );
}

function newsOf(
  context: Pick<Context, 'clock' | 'sha256'>,
  { incident, engaged, owner }: Joining,
): PromisedReply {
  const { remediation, number, state, endedAt } = engaged;
  const until = (at: string) =>
    `Nothing else is proposed before ${clockTime(after(at, owner.coolDownSeconds), context.clock())}`;
  const rest =
    endedAt === undefined
      ? 'It joined this incident; nothing else is proposed.'
      : state === 'expired'
        ? `Remediation ${number} has expired: whoever wants it asks for it again. ${until(endedAt)}.`
        : `${until(endedAt)}.`;
  const body = `${cut(redact(incident.title), 200)}. ${rest}`;
  return {
    // Names of alerts may be longer than what an index takes.
    key: `joined:${remediation}:${endedAt === undefined ? 'open' : 'ended'}:${context.sha256(incident.title)}`,
    rootKey: cardKey(remediation),
    incidentId: engaged.incident,
    notice: { kind: 'reply', headline: 'Also reported:', body, broadcast: false },
  };
}

const resolved = z.object({ at: timestamp.nullable() });

/** When an incident and all that joined it were resolved; undefined while one of them is not, and where there are none. */
export async function findResolution(db: Db, incidentId: string): Promise<string | undefined> {
  const [found] = await rows(
    db,
    resolved,
    `select case when bool_and(resolved_at is not null) then max(resolved_at) end as at
      from incidents where id in (select id from ${kinOf(rootOf('?'))} kin) and alert is not null`,
    [incidentId, incidentId],
  );
  return found?.at ?? undefined;
}

const waiting = z.object({ id: z.uuid(), version: z.number() });

/** The rows that wait for people and whose incident, or one that is a part of the same one, is among these. */
export async function waitingOf(trx: Db, incidents: readonly string[]): Promise<z.infer<typeof waiting>[]> {
  return rows(
    trx,
    waiting,
    `with touched as (select distinct coalesce(joined, id) as root from incidents where id = any (?))
      select latest.id, latest.version from touched cross join lateral ${actingKinOf('touched.root')} kin
      cross join lateral (
        select id, version, state from remediations where incident_id = kin.id order by number desc limit ${looked}
      ) latest where latest.state = 'waiting'`,
    [[...incidents]],
  );
}
