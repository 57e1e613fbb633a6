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
const beside = reopened.omit({ reopened: true }).extend({
  number: z.number().nullable(),
  open: z.string().nullable(),
});

/**
 * Notes that alerts that were known are said to fire again. An incident that was closed because nothing was heard of it is open
 * again then, which is said in its thread: what was believed to be over was not. Where another one of the same owner is open
 * meanwhile, that one goes on alone.
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

/** Another incident of the owner that is open and has alerts; a scalar, of which the arguments are expressions. */
const openOne = (owner: string, self: string): string => `(select other.id from incidents other
  where other.owner_key = ${owner} and other.id <> ${self} and other.joined is null and other.closed_at is null
    and other.state = 'triaged' and (other.alert is not null
      or exists (select from incidents part where part.joined = other.id and part.alert is not null))
  order by other.created_at desc limit 1)`;

/** Of one owner the newest, and none while another one of it is open: that is where people are. */
const reopenSql = `with closed as (
    select id, closed_at, owner_key, created_at from incidents where id = any (?) and closed_why in ('quiet', 'silent')
    order by id for update
  ), newest as (
    select distinct on (coalesce(owner_key, id::text)) id, closed_at from closed
    where ${openOne('closed.owner_key', 'closed.id')} is null
    order by coalesce(owner_key, id::text), created_at desc
  )
  update incidents set closed_at = null, closed_why = null, healthy_since = null, reopened = reopened + 1,
    look_at = now() + interval '1 minute'
  from newest where incidents.id = newest.id
  returning incidents.id, newest.closed_at, reopened, clock_timestamp() as now`;

const besideSql = `select id, number, closed_at, ${openOne('closed.owner_key', 'closed.id')} as open, clock_timestamp() as now
  from incidents closed where id = any (?) and closed_why in ('quiet', 'silent')`;

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
  await tellBeside(trx, roots);
}

/** What stays closed beside another open incident of the same owner is said there, once. */
async function tellBeside(trx: Transaction, roots: readonly string[]): Promise<void> {
  for (const { id, number, open, closed_at: at, now } of await rows(trx, beside, besideSql, [[...roots]])) {
    if (open === null) continue;
    const which = number === null ? 'an earlier incident' : `incident ${number}`;
    const body = `An alert of ${which} about the same object, which was closed at ${clockTime(at, now)} because nothing was heard of it, is reported again. This incident is the open one; the other is opened again if it still fires when this one is over.`;
    const notice = { kind: 'reply', headline: 'Still fires', body, broadcast: false } as const;
    trx.last(toldInThread(open, { key: `heard:${id}:beside:${open}`, notice }));
  }
}
