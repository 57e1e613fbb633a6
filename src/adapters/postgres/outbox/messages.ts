import type { Requester } from '../../../domain/actor.ts';
import { cardKey, incidentKey, type Notice } from '../../../domain/incidents/notice.ts';
import type { Context } from '../context.ts';
import { type Db, jsonText, type Statement, write } from '../sql.ts';
import { cardPriority, priorities, unasked } from './priority.ts';

type Reply = Extract<Notice, { kind: 'reply' }>;

/** Promises that the card of a remediation will show its newest state; however often, one message. */
export function promisedCard(
  context: Pick<Context, 'newId' | 'channel'>,
  of: { readonly id: string; readonly incidentId: string; readonly requestedBy: Requester },
): readonly Statement[] {
  const { id, incidentId, requestedBy } = of;
  return promisedRoot(context, {
    key: cardKey(id),
    notice: { kind: 'card', remediationId: id },
    incidentId,
    priority: cardPriority(requestedBy),
  });
}

/**
 * Promises a message about an incident for which there is no remediation.
 *
 * @param spacing seconds between two edits of it
 */
export function promisedIncident(
  context: Pick<Context, 'newId' | 'channel'>,
  incidentId: string,
  spacing = 0,
): readonly Statement[] {
  return promisedRoot(context, {
    key: incidentKey(incidentId),
    notice: { kind: 'incident', incidentId },
    incidentId,
    priority: priorities.chatter,
    spacing,
  });
}

interface Root {
  readonly key: string;
  readonly notice: Notice;
  readonly incidentId: string;
  readonly priority: number;
  readonly spacing?: number;
}

function promisedRoot(
  context: Pick<Context, 'newId' | 'channel'>,
  { key, notice, incidentId, priority, spacing = 0 }: Root,
): readonly Statement[] {
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, notice, priority) values (?, ?, ?, ?, ?, ?::jsonb, ?)
    on conflict (key) do update set desired_revision = slack_outbox.desired_revision + 1, status = 'open',
      next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()),
        slack_outbox.sent_at + ?::float8 * interval '1 second')`;
  const bindings = [
    context.newId(),
    key,
    notice.kind,
    context.channel,
    incidentId,
    jsonText(notice),
    priority,
    spacing,
  ];
  return [{ sql, bindings }, earlierResolution(context, key, incidentId)];
}

/**
 * An alert may be resolved before its card exists. The shared lock lets one of the two, the resolution or the new
 * card, see the other: without it both could look, find nothing, and nobody would say it in the thread. Only a card that is
 * new looks.
 */
function earlierResolution(
  context: Pick<Context, 'newId' | 'channel'>,
  rootKey: string,
  incidentId: string,
): Statement {
  const sql = `with fresh as materialized (select from slack_outbox where key = ? and desired_revision = 1),
      incident as materialized (select id, resolved_at from incidents where id = ? and exists (select from fresh) for share)
    insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    select ?::uuid, ?, 'reply', ?, id, ?, jsonb_build_object('kind', 'reply', 'broadcast', false, 'headline',
      'Alert resolved at ' || to_char(resolved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '.'), ?
    from incident where resolved_at is not null on conflict (key) do nothing`;
  const reply = [context.newId(), `resolved:${rootKey}`, context.channel, rootKey, priorities.chatter];
  return { sql, bindings: [rootKey, incidentId, ...reply] };
}

export interface PromisedReply {
  /** Makes it happen once. */
  readonly key: string;
  readonly rootKey: string;
  readonly incidentId: string;
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
    values (?, ?, 'reply', ?, ?, ?, ?::jsonb, ${inThread}) on conflict (key) do nothing`;
  const bindings = [context.newId(), key, context.channel, incidentId, rootKey, jsonText(notice), rootKey];
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

/** Says in every thread these incidents have that the alert is over, and at the head of their own messages. */
export async function promiseResolutions(
  context: Context,
  trx: Db,
  resolved: ReadonlyMap<string, string>,
): Promise<void> {
  if (resolved.size === 0) return;
  const again = `update slack_outbox set desired_revision = desired_revision + 1, status = 'open',
      next_attempt_at = least(next_attempt_at, now())
    where incident_id = any (?) and kind = 'incident'`;
  await write(trx, again, [[...resolved.keys()]]);
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    select gen_random_uuid(), 'resolved:' || root.key, 'reply', ?, root.incident_id, root.key, ended.notice, ?
    from jsonb_to_recordset(?::jsonb) as ended (incident uuid, notice jsonb)
      join slack_outbox root on root.incident_id = ended.incident and root.kind in ('card', 'incident')
    order by root.seq on conflict (key) do nothing`;
  const ended = [...resolved].map(([incident, at]) => ({ incident, notice: resolvedNotice(at) }));
  await write(trx, sql, [context.channel, priorities.chatter, jsonText(ended)]);
}

const resolvedNotice = (at: string): Reply => ({
  kind: 'reply',
  headline: `Alert resolved at ${at}.`,
  broadcast: false,
});
