import { z } from 'zod';
import type { Requester } from '../../../domain/actor.ts';
import { cardKey, type Notice, partKey } from '../../../domain/incidents/notice.ts';
import type { Posted } from '../../../workflow/shown.ts';
import type { Context } from '../context.ts';
import type { Queue } from '../jobs/queue.ts';
import { type Db, jsonText, rows, type Statement, timestamp } from '../sql.ts';
import { partPriority } from './priority.ts';
import { threadChannel } from './routes.ts';
import { threadRoot } from './threads.ts';

type Part = Extract<Notice, { kind: 'part' }>;

/** Promises one part of what a card has no room for; the same part of the same version again changes nothing. */
export function promisedPart(
  context: Pick<Context, 'newId' | 'channel'>,
  notice: Part,
  of: { readonly incidentId: string; readonly requestedBy: Requester },
): Statement {
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    values (?, ?, 'part', coalesce(${threadChannel('?')}, ?), ?, ${threadRoot('?', '?')}, ?::jsonb, ?) on conflict (key) do nothing`;
  const root = cardKey(notice.remediationId);
  const bindings = [
    context.newId(),
    partKey(notice),
    root,
    context.channel,
    of.incidentId,
    root,
    root,
    jsonText(notice),
    partPriority(of.requestedBy),
  ];
  return { sql, bindings };
}

const posted = z
  .object({
    parts: z.number(),
    refused: z.string().nullable(),
    short: z.boolean(),
    pending: z.boolean(),
    at: timestamp.nullable(),
  })
  .transform(
    ({ refused, at, ...rest }): Posted => ({
      ...rest,
      ...(refused === null ? {} : { refused }),
      ...(at === null ? {} : { at }),
    }),
  );

/** What became of the card and of the parts that were promised with a version of the row. */
export async function findPosted(db: Db, remediationId: string, version: number): Promise<Posted> {
  const sql = `select count(*) filter (where kind = 'part' and ts is not null)::int as parts,
      min(last_error) filter (where status = 'failed' and ts is null) as refused,
      coalesce(bool_or(short) filter (where kind = 'card'), false) as short,
      coalesce(bool_or(status = 'open' and ts is null) filter (where kind = 'card'), false) as pending,
      max(posted_at) as at
    from slack_outbox where key = ? or (root_key = ${threadRoot('?', '?')} and kind = 'part'
      and notice->>'remediationId' = ? and (notice->>'version')::int = ?)`;
  const card = cardKey(remediationId);
  const [found] = await rows(db, posted, sql, [card, card, card, remediationId, version]);
  return found ?? { parts: 0, short: false, pending: false };
}

const waiting = z.object({ id: z.string(), version: z.number() });

/** A card that is posted within this is posted at once; later, people get the time that it took. Seconds. */
const promptly = 5;

/**
 * Wakes the remediation that waits for this message to be shown: the last part is there, one never will be, or the card
 * was taken in its short form only. `ifLate`: only where it waited for its card for long, so that its time begins anew.
 * In the transaction that notes so.
 */
export async function wakeShown(
  queue: Pick<Queue, 'send'>,
  trx: Parameters<Queue['send']>[0],
  message: { readonly id: string; readonly remediationId: string; readonly ifLate: boolean },
): Promise<void> {
  const sql = `select id, version from remediations where id = ? and state = 'waiting'
    and (not ? or moved_at < clock_timestamp() - interval '${promptly} seconds')`;
  for (const { id, version } of await rows(trx, waiting, sql, [message.remediationId, message.ifLate]))
    await queue.send(trx, { kind: 'step', id, version }, { salt: message.id });
}

/** Rows that wait for what was posted long ago, or that were never shown: nothing else would wake them. */
export const unshown = `select 'step', id, version from remediations r where state = 'waiting' and (
  r.data->'showing' is null
  or (r.data->'showing'->>'kind' = 'posting' and not exists (select from slack_outbox o
    where o.root_key = ${threadRoot("'card:' || r.id", "'card:' || r.id")} and o.kind = 'part'
      and o.notice->>'remediationId' = r.id::text and o.status = 'open' and o.ts is null))
  or (r.data->'showing'->>'kind' = 'card' and exists (select from slack_outbox o
    where o.key = 'card:' || r.id and o.short)))`;
