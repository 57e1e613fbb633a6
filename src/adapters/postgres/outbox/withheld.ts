import { z } from 'zod';
import type { Delivery } from '../../../workflow/outbox-port.ts';
import type { Delivered } from '../../../workflow/ports.ts';
import { clean, type Db, rows, send, write } from '../sql.ts';
import { noteDouble } from './doubles.ts';
import { closeChannel, closeUpdates, postSpacing } from './rate-limits.ts';
import { asTaken, stillTaken } from './taken.ts';
import { lockedThreadOf } from './threads.ts';

/*
 * What Slack does not take now and will take once somebody has seen to it. It is kept, however long that is: sent again
 * later and later, at most some minutes apart, or to the fallback channel where only this channel is at fault.
 */

/** Seconds; people wait for what is to be posted, and nobody for what is to be changed. */
const longestForPosts = 60;
const longestForUpdates = 600;

type Withheld = Extract<Delivered, { kind: 'withheld' }>;

const held = z.object({ channel: z.string(), root: z.string() });

/** Keeps a message for a later attempt, or turns it to the fallback channel. */
export async function settleWithheld(
  trx: Db,
  delivery: Delivery,
  outcome: Withheld,
  fallback: string | undefined,
): Promise<void> {
  const isPost = delivery.ts === undefined;
  // Where it is turned to another channel, the others of its thread go with it.
  if (outcome.where === 'channel' && fallback !== undefined) await send(trx, lockedThreadOf(delivery.id));
  const seconds = backoff(delivery.attempts, isPost ? longestForPosts : longestForUpdates);
  const sql = `update slack_outbox set last_error = ?, leased_until = null, uncertain = ?,
      next_attempt_at = clock_timestamp() + ?::float8 * interval '1 second'
    where id = ? and ${stillTaken} returning channel, coalesce(root_key, key) as root`;
  const bindings = [clean(outcome.reason), delivery.uncertain, seconds, delivery.id, ...asTaken(delivery)];
  const [row] = await rows(trx, held, sql, bindings);
  if (row === undefined) return;
  const turned = outcome.where === 'channel' && fallback !== undefined && row.channel !== fallback;
  if (turned) return divert(trx, delivery, row.root, fallback);
  if (isPost) await closeChannel(trx, row.channel, outcome.where === 'message' ? postSpacing : seconds);
  else if (outcome.where === 'app') await closeUpdates(trx, seconds);
}

function backoff(attempts: number, longest: number): number {
  return Math.min(longest, 2 ** Math.min(attempts, 10));
}

/**
 * Posts the card or incident message anew in the fallback channel, with what people decide on in its thread and what is
 * still to be said there. What was said in the old thread stays there.
 */
async function divert(trx: Db, delivery: Delivery, root: string, fallback: string): Promise<void> {
  if (delivery.uncertain) await noteDouble(trx, delivery.id, { channel: delivery.channel });
  const anew = `ts = null, sent_channel = null, sent_revision = 0, uncertain = false, status = 'open', attempts = 0,
    leased_until = null, next_attempt_at = clock_timestamp(), channel = ?`;
  await write(trx, `update slack_outbox set ${anew} where key = ?`, [fallback, root]);
  await write(
    trx,
    `update slack_outbox set ${anew} where root_key = ? and (kind in ('part', 'card') or ts is null)`,
    [fallback, root],
  );
}
