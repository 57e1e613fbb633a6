import { z } from 'zod';
import type { Requester } from '../../../domain/actor.ts';
import { cardKey, incidentKey, type Notice } from '../../../domain/incidents/notice.ts';
import type { Context } from '../context.ts';
import { type Db, jsonText, rows, timestamp, write } from '../sql.ts';
import { cardPriority, priorities } from './priority.ts';

type Reply = Extract<Notice, { kind: 'reply' }>;

/** Promises that the card of a remediation will show its newest state; however often, one message. */
export async function promiseCard(
  context: Context,
  trx: Db,
  of: { readonly id: string; readonly incidentId: string; readonly requestedBy: Requester },
): Promise<void> {
  const { id, incidentId, requestedBy } = of;
  await promiseRoot(context, trx, {
    key: cardKey(id),
    notice: { kind: 'card', remediationId: id },
    incidentId,
    priority: cardPriority(requestedBy),
  });
}

/** Promises a message about an incident for which there is no remediation. */
export async function promiseIncident(context: Context, trx: Db, incidentId: string): Promise<void> {
  await promiseRoot(context, trx, {
    key: incidentKey(incidentId),
    notice: { kind: 'incident', incidentId },
    incidentId,
    priority: priorities.chatter,
  });
}

const revision = z.object({ desired_revision: z.number() });

interface Root {
  readonly key: string;
  readonly notice: Notice;
  readonly incidentId: string;
  readonly priority: number;
}

async function promiseRoot(context: Context, trx: Db, root: Root): Promise<void> {
  const { key, notice, incidentId, priority } = root;
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, notice, priority) values (?, ?, ?, ?, ?, ?::jsonb, ?)
    on conflict (key) do update set desired_revision = slack_outbox.desired_revision + 1, status = 'open',
      next_attempt_at = least(slack_outbox.next_attempt_at, now())
    returning desired_revision`;
  const bindings = [
    context.newId(),
    key,
    notice.kind,
    context.channel,
    incidentId,
    jsonText(notice),
    priority,
  ];
  const [written] = await rows(trx, revision, sql, bindings);
  if (written?.desired_revision === 1) await noteEarlierResolution(context, trx, key, incidentId);
}

/**
 * An alert may be resolved before its card exists. The shared lock lets one of the two, the resolution or the new
 * card, see the other: without it both could look, find nothing, and nobody would say it in the thread.
 */
async function noteEarlierResolution(
  context: Context,
  trx: Db,
  rootKey: string,
  incidentId: string,
): Promise<void> {
  const row = z.object({ resolved_at: timestamp.nullable() });
  const [incident] = await rows(trx, row, 'select resolved_at from incidents where id = ? for share', [
    incidentId,
  ]);
  const at = incident?.resolved_at ?? undefined;
  if (at !== undefined) await promiseReply(context, trx, resolution(rootKey, incidentId, at));
}

export interface PromisedReply {
  /** Makes it happen once. */
  readonly key: string;
  readonly rootKey: string;
  readonly incidentId: string;
  readonly notice: Reply;
  /** That of replies unless told. */
  readonly priority?: number;
}

/** Promises a reply in the thread of a card or an incident message; the same key again changes nothing. */
export async function promiseReply(context: Context, trx: Db, reply: PromisedReply): Promise<void> {
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    values (?, ?, 'reply', ?, ?, ?, ?::jsonb, ?) on conflict (key) do nothing`;
  const { key, rootKey, incidentId, notice, priority = priorities.reply } = reply;
  const bindings = [context.newId(), key, context.channel, incidentId, rootKey, jsonText(notice), priority];
  await write(trx, sql, bindings);
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

function resolution(rootKey: string, incidentId: string, at: string): PromisedReply {
  const notice = resolvedNotice(at);
  return { key: `resolved:${rootKey}`, rootKey, incidentId, notice, priority: priorities.chatter };
}
