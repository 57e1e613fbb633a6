import { cardKey, incidentKey, type Notice } from '../../../domain/incidents/notice.ts';
import type { Place } from '../../../domain/policy/channels.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Context } from '../context.ts';
import { actingKinOf, kinOf, rootOf } from '../incidents/kin.ts';
import { type Db, jsonText, type Statement, send, write } from '../sql.ts';
import { cardPriority, priorities, unasked } from './priority.ts';
import { chosenChannel, placeOf, threadChannel } from './routes.ts';
import { lockedThread, lockedThreads, threadRoot } from './threads.ts';

type Reply = Extract<Notice, { kind: 'reply' }>;

/**
 * Promises that the card of a remediation will show its newest state; however often, one message. It heads a thread, or is in
 * the thread of its incident, whose head then shows the news, too.
 */
export function promisedCard(
  context: Pick<Context, 'newId' | 'channel' | 'route'>,
  of: Remediation,
): readonly Statement[] {
  const { id, incidentId, requestedBy } = of;
  return promisedRoot(context, {
    key: cardKey(id),
    notice: { kind: 'card', remediationId: id },
    incidentId,
    place: placeOf(of),
    priority: cardPriority(requestedBy),
  });
}

/**
 * Promises a message about an incident for which there is no remediation.
 *
 * @param spacing seconds between two edits of it
 */
export function promisedIncident(
  context: Pick<Context, 'newId' | 'channel' | 'route'>,
  { incidentId, place }: { readonly incidentId: string; readonly place: Place },
  spacing = 0,
): readonly Statement[] {
  return promisedRoot(context, {
    key: incidentKey(incidentId),
    notice: { kind: 'incident', incidentId },
    incidentId,
    place,
    priority: priorities.chatter,
    spacing,
  });
}

interface Root {
  readonly key: string;
  readonly notice: Notice;
  readonly incidentId: string;
  readonly place: Place;
  readonly priority: number;
  readonly spacing?: number;
}

function promisedRoot(
  context: Pick<Context, 'newId' | 'channel' | 'route'>,
  { key, notice, incidentId, place, priority, spacing = 0 }: Root,
): readonly Statement[] {
  const channel = chosenChannel(context, place, incidentId);
  const sql = `with thread as materialized (select ${notice.kind === 'card' ? headOf('?', '?') : 'null'} as head),
    promised as (
      insert into slack_outbox (id, key, kind, channel, incident_id, notice, priority, root_key)
      select ?::uuid, ?, ?, coalesce(${threadChannel('thread.head')}, ${channel.sql}), ?::uuid, ?::jsonb, ?::int, thread.head
      from thread
      on conflict (key) do update set desired_revision = slack_outbox.desired_revision + 1, status = 'open',
        next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()),
          slack_outbox.sent_at + ?::float8 * interval '1 second')
      returning key, root_key
    )${notice.kind === 'card' ? `, ${besides('promised')}` : ''}
    update slack_outbox head set desired_revision = head.desired_revision + 1, next_attempt_at = least(head.next_attempt_at, now())
    from promised where head.key = promised.root_key and head.kind <> 'reply' and head.status = 'open'`;
  const bindings = [
    ...(notice.kind === 'card' ? [key, incidentId] : []),
    ...[context.newId(), key, notice.kind, ...channel.bindings, incidentId, jsonText(notice), priority],
    spacing,
  ];
  const first = notice.kind === 'card' ? [lockedThread('?', incidentId)] : [];
  return [...first, { sql, bindings }, ...earlierResolution(key, incidentId)];
}

/** Seconds between two edits for what joins or moves besides, so that a herd of it is one edit. */
const betweenEdits = 5;

/** Cards of a thread, the newest, that are brought up to date with another: each is an edit, and Slack takes one a second. */
const mostBesides = 5;

/**
 * The other cards of the thread that wait name this one with its state, also one that is on its way to Slack for the first time,
 * as it was drawn before; an edit that is due anyway is put off by none. The thread is locked: of two that move, or begin to
 * wait, at once the second sees what the first did.
 *
 * @param card a table `(key, root_key)` of the card that is promised
 */
const besides = (card: string): string => `beside as (
      select other.id from ${card} cross join lateral (
        select o.id from slack_outbox o join remediations r on r.id = (o.notice->>'remediationId')::uuid
        where o.root_key = coalesce(${card}.root_key, ${card}.key) and o.kind = 'card' and o.key <> ${card}.key
          and o.status = 'open' and r.state = 'waiting'
        order by o.seq desc limit ${mostBesides} for update of o
      ) other
    ), brought as (
      update slack_outbox o set desired_revision = o.desired_revision + 1,
        next_attempt_at = case when o.ts is null or o.sent_revision < o.desired_revision then o.next_attempt_at
          else greatest(now(), o.sent_at + interval '${betweenEdits} seconds') end
      from beside where o.id = beside.id
    )`;

/**
 * The key of the message that heads the thread of an incident, for a card that is not promised yet: the first that was
 * promised for the incident, or for one that it joined or that joined it. Null where this card will be the first.
 */
const headOf = (
  key: string,
  incident: string,
): string => `case when exists (select from slack_outbox where key = ${key}) then null
  else (select first.key from incidents own cross join lateral (
      select o.key from ${actingKinOf('coalesce(own.joined, own.id)')} kin join slack_outbox o on o.incident_id = kin.id
      where o.kind in ('card', 'incident') and o.root_key is null and o.status = 'open' order by o.seq limit 1
    ) first where own.id = ${incident}) end`;

/**
 * Alerts may be resolved before there is a message whose thread could say so. The locks let one of the two, the resolution
 * or the new message, see the other: without them both could look, find nothing, and nobody would say it in the thread.
 * Only a message that is new and heads a thread looks.
 */
function earlierResolution(key: string, incidentId: string): readonly Statement[] {
  const isNew = `exists (select from slack_outbox where key = ? and desired_revision = 1 and root_key is null)`;
  const lock = `select from incidents where id = ${rootOf('?')} and ${isNew} for share`;
  return [
    { sql: lock, bindings: [incidentId, key] },
    toldResolved(`(select ${rootOf('?')} as id where ${isNew})`, [incidentId, key]),
  ];
}

/** A time as people read it: see clockTime. */
const clockText = (at: string): string =>
  `to_char(${at} at time zone 'UTC', case when (${at} at time zone 'UTC')::date = (now() at time zone 'UTC')::date
    then '' else 'YYYY-MM-DD ' end || 'HH24:MI "UTC"')`;

/**
 * Says in the threads of incidents that all their alerts are over, where they are. When more alerts join and are over, too, it
 * is said again: hence their number in the key. `offset 0` keeps
 * PostgreSQL from reading all alerts to find those of one incident.
 *
 * @param roots a table `(id)` of the incidents that others joined
 */
function toldResolved(roots: string, bindings: Statement['bindings']): Statement {
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    select gen_random_uuid(), 'resolved:' || head.key || case when ended.alerts = 1 then '' else ':' || ended.alerts end,
      'reply', head.channel, head.incident_id, head.key, jsonb_build_object('kind', 'reply', 'broadcast', false, 'headline',
        case when ended.alerts = 1 then 'Alert resolved at ' else 'All ' || ended.alerts || ' alerts are resolved, the last at ' end
        || ${clockText('ended.at')} || '.'), ?
    from ${roots} root cross join lateral (
      select count(*) as alerts, max(i.resolved_at) as at from ${kinOf('root.id')} kin cross join lateral (
        select resolved_at, alert is not null as told from incidents where id = kin.id offset 0) i
      where i.told having count(*) > 0 and bool_and(i.resolved_at is not null)
    ) ended cross join lateral (
      select o.key, o.channel, o.incident_id, o.seq from ${actingKinOf('root.id')} kin join slack_outbox o on o.incident_id = kin.id
      where o.kind in ('card', 'incident') and o.root_key is null order by o.seq limit 1
    ) head order by head.seq on conflict (key) do nothing`;
  return { sql, bindings: [priorities.chatter, ...bindings] };
}

export interface PromisedReply {
  /** Makes it happen once. */
  readonly key: string;
  readonly rootKey: string;
  /** Null in the thread of a message that is about no incident. */
  readonly incidentId: string | null;
  readonly notice: Reply;
}

/** The priority of a reply: whoever asked for the card waits for what comes of it. */
const inThread = `case when exists (select from slack_outbox where key = ? and priority < ${unasked})
  then ${priorities.askedReply} else ${priorities.reply} end`;

/** Promises a reply in the thread of a card or an incident message; the same key again changes nothing. */
export function promisedReply(
  context: Pick<Context, 'newId' | 'channel'>,
  { key, rootKey, incidentId, notice }: PromisedReply,
): Statement {
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    values (?, ?, 'reply', coalesce(${threadChannel('?')}, ?), ?, ${threadRoot('?', '?')}, ?::jsonb, ${inThread})
    on conflict (key) do nothing`;
  const root = [rootKey, rootKey];
  const where = [rootKey, context.channel];
  const bindings = [context.newId(), key, ...where, incidentId, ...root, jsonText(notice), rootKey];
  return { sql, bindings };
}

/**
 * Promises a line of its own in the channel, about no incident; the same key again changes nothing. Stored as the anchors of
 * the audit chain are, which every version can send.
 */
export function promisedLine(
  context: Pick<Context, 'newId' | 'channel'>,
  { key, ...said }: Pick<Reply, 'headline' | 'preformatted'> & { readonly key: string },
): Statement {
  const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'anchor', ?, ?::jsonb, ?)
    on conflict (key) do nothing`;
  const notice: Reply = { kind: 'reply', ...said, broadcast: false };
  return { sql, bindings: [context.newId(), key, context.channel, jsonText(notice), priorities.reply] };
}

/** Incidents that were resolved, by their roots. */
const touched = `(select distinct coalesce(i.joined, i.id) as id from incidents i where i.id = any (?))`;

/** Brings the messages that head the threads of these incidents up to date, and says in the threads where all is over. */
export async function promiseResolutions(trx: Db, resolved: readonly string[]): Promise<void> {
  if (resolved.length === 0) return;
  const ids = [[...resolved]];
  await send(trx, lockedThreads(`select id from ${touched} root`, ids));
  const again = `update slack_outbox set desired_revision = desired_revision + 1, status = 'open',
      next_attempt_at = least(next_attempt_at, now())
    where id in (select o.id from ${touched} root cross join lateral (
      select o.id from ${actingKinOf('root.id')} kin join slack_outbox o on o.incident_id = kin.id
      where o.kind in ('card', 'incident') and o.root_key is null) o)`;
  await write(trx, again, ids);
  await send(trx, toldResolved(touched, ids));
}

/**
 * Brings the card up to date whose place this one takes, once this one was posted: it links to it then.
 *
 * @param card the key of the one that was posted
 */
export const promisedLink = (card: string): Statement => ({
  sql: `update slack_outbox o set desired_revision = o.desired_revision + 1,
      next_attempt_at = case when o.ts is null or o.sent_revision < o.desired_revision then o.next_attempt_at else now() end
    from remediations r where r.id = ?::uuid and o.key = 'card:' || (r.data ->> 'replaces') and o.status = 'open'`,
  bindings: [card.slice(cardKey('').length)],
});

/** Brings the messages up to date that head the threads in which these remediations have their cards. */
export const promisedHeads = (remediations: readonly string[]): Statement => ({
  sql: `update slack_outbox set desired_revision = desired_revision + 1,
      next_attempt_at = greatest(least(next_attempt_at, now()), sent_at + interval '${betweenEdits} seconds')
    where status = 'open' and key in (select coalesce(root_key, key) from slack_outbox where key = any (?))`,
  bindings: [remediations.map(cardKey)],
});
