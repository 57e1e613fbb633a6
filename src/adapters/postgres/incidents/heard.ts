import type { Knex } from 'knex';
import { z } from 'zod';
import { clockTime, span } from '../../../domain/text/clock-time.ts';
import { renewedHead, toldInThread } from '../outbox/threads.ts';
import { rows, timestamp } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { lockSettling } from './settling.ts';

/** An alert that goes on is noted so often: it tells one that still fires from one whose end was lost. Minutes. */
const notedEvery = 5;

/** Keys that are remembered as noted, so that a herd of repetitions is not asked about again and again. */
const mostRemembered = 20_000;

/** Takes the keys of alerts that were known and fire. What fails is left to the next time that they are reported. */
export type Heard = (keys: readonly string[]) => Promise<void>;

const heard = z.object({ root: z.string() });
const reopened = z.object({ id: z.string(), closed_at: timestamp, reopened: z.number(), now: timestamp });

/**
 * Notes that alerts that were known are said to fire again. An incident that was closed because nothing was heard of it is open
 * again then, which is said in its thread: what was believed to be over was not.
 */
export function createHeard(knex: Knex): Heard {
  const noted = new Map<string, number>();
  return async (keys) => {
    const at = performance.now();
    const news = keys.filter(
      (key) => at - (noted.get(key) ?? Number.NEGATIVE_INFINITY) >= notedEvery * 60_000,
    );
    if (news.length === 0) return;
    const isNoted = await transact(knex, (trx) => note(trx, news)).then(
      () => true,
      () => false,
    );
    if (!isNoted) return;
    if (noted.size + news.length > mostRemembered) noted.clear();
    for (const key of news) noted.set(key, at);
  };
}

const noteSql = `update incidents set heard_at = now() from (
    select id from incidents where dedup_key = any (?) and resolved_at is null
      and coalesce(heard_at, created_at) < now() - interval '${notedEvery} minutes' order by id for no key update
  ) again where incidents.id = again.id returning coalesce(joined, incidents.id) as root`;

const reopenSql = `with closed as (
    select id, closed_at from incidents where id = any (?) and closed_why in ('quiet', 'silent') order by id for update)
  update incidents set closed_at = null, closed_why = null, healthy_since = null, reopened = reopened + 1,
    look_at = now() + interval '1 minute'
  from closed where incidents.id = closed.id
  returning incidents.id, closed.closed_at, reopened, clock_timestamp() as now`;

async function note(trx: Transaction, keys: readonly string[]): Promise<void> {
  const found = await rows(trx, heard, noteSql, [[...keys]]);
  if (found.length === 0) return;
  const roots = [...new Set(found.map(({ root }) => root))];
  // Whoever closes one of them right now is waited for, or sees what was just noted.
  await lockSettling(trx);
  for (const { id, closed_at: at, reopened: times, now } of await rows(trx, reopened, reopenSql, [roots])) {
    const body = `An alert of it is reported again, ${span(at, now)} after this incident was closed at ${clockTime(at, now)} because nothing was heard of it. It is open again.`;
    const notice = { kind: 'reply', headline: 'Still fires', body, broadcast: false } as const;
    trx.last(toldInThread(id, { key: `heard:${id}:${times}`, notice }), renewedHead(id));
  }
}
