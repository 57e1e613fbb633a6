import { z } from 'zod';
import { flaps } from '../../../domain/incidents/overview.ts';
import { clockTime, span } from '../../../domain/text/clock-time.ts';
import { redact } from '../../../domain/text/redact.ts';
import { cut } from '../../../domain/text/text.ts';
import type { Context } from '../context.ts';
import { renewedHead, toldInThread } from '../outbox/threads.ts';
import { rows, timestamp } from '../sql.ts';
import type { Transaction } from '../transaction.ts';

const reopened = z.object({ id: z.string(), closed_at: timestamp, reopened: z.number(), title: z.string() });
const flapping = z.object({ root: z.string(), title: z.string(), times: z.number(), since: z.string() });

/**
 * What it means for incidents that these were triaged and may have joined them: one that was closed is open again when a
 * part of it fires, and an alert that comes and goes is said to. To be called with the lock of settling.
 */
export async function goOn(context: Context, trx: Transaction, triaged: readonly string[]): Promise<void> {
  const parts = [[...triaged]];
  const sql = `with again as (
      select root.id, root.closed_at, min(part.title) as title from incidents part join incidents root on root.id = part.joined
      where part.id = any (?) and part.resolved_at is null and root.closed_at is not null group by 1, 2)
    update incidents set closed_at = null, closed_why = null, healthy_since = null, reopened = reopened + 1,
      look_at = now() + interval '1 minute'
    from again where incidents.id = again.id returning incidents.id, again.closed_at, reopened, again.title`;
  for (const { id, closed_at: closedAt, ...row } of await rows(trx, reopened, sql, parts)) {
    const now = context.clock();
    const times = row.reopened === 1 ? '' : `, for the ${ordinal(row.reopened)} time`;
    const body = `${cut(redact(row.title), 200)} came ${span(closedAt, now)} after this incident was closed at ${clockTime(closedAt, now)}. It is open again${times}: what was done has not lasted, or the cause is still there.`;
    const notice = { kind: 'reply', headline: 'Fires again', body, broadcast: false } as const;
    trx.last(toldInThread(id, { key: `reopened:${id}:${row.reopened}`, notice }), renewedHead(id));
  }
  for (const each of await rows(trx, flapping, flappingSql, parts)) trx.last(flappingSaid(context, each));
}

const ordinal = (count: number): string =>
  `${count}${count % 100 > 10 && count % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')}`;

/** The same alert of the same object, this often within one incident: of each name the one that came most. */
const flappingSql = `select distinct on (root, title) * from (
    select root.id as root, kin.title, count(*)::int as times, min(kin.alert ->> 'startsAt') as since
    from (select distinct joined as id from incidents where id = any (?) and joined is not null) root
      join incidents kin on kin.id = root.id or kin.joined = root.id
    where kin.alert is not null
    group by root.id, kin.title, kin.alert ->> 'source', kin.alert ->> 'fingerprint' having count(*) >= ${flaps}
  ) found order by root, title, times desc`;

/** Said once in a thread of each name; how often it came since is in the head. */
function flappingSaid(context: Context, { root, title, times, since }: z.infer<typeof flapping>) {
  const name = cut(redact(title), 200);
  const body = `${name} has fired ${times} times for the same object since ${clockTime(since, context.clock())}. That it is over says little then: it comes back. The cause is still there, or the alert's threshold is what the object is at in normal use.`;
  const notice = { kind: 'reply', headline: 'Comes and goes', body, broadcast: false } as const;
  return toldInThread(root, { key: `flapping:${root}:${context.sha256(title)}`, notice });
}
