import type { Knex } from 'knex';
import { z } from 'zod';
import { notice } from '../../../domain/incidents/notice.ts';
import type { Delivery, Outbox } from '../../../workflow/outbox-port.ts';
import type { Delivered } from '../../../workflow/ports.ts';
import type { Liveness } from '../jobs/liveness.ts';
import type { Queue } from '../jobs/queue.ts';
import { startStopwatch } from '../jobs/stopwatch.ts';
import { clean, type Db, rows, type Statement, send, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { noteDouble, settleDouble, takeDoubles } from './doubles.ts';
import { type DueIn, duePosts, dueUpdates, findDueIn } from './due.ts';
import { promisedLink } from './messages.ts';
import { wakeShown } from './parts.ts';
import {
  closeChannel,
  closeUpdates,
  spending,
  spentOnPost,
  spentOnUpdates,
  updatesAllowed,
} from './rate-limits.ts';
import { asTaken, stillTaken } from './taken.ts';
import { lockedThreadOf } from './threads.ts';
import { settleWithheld } from './withheld.ts';

/** How long a delivery belongs to the one who took it, in seconds; longer than any call to Slack may last. */
const leaseSeconds = 15;

/**
 * A first post may begin so long after its delivery was taken without asking whether it still is: with the ten seconds that a
 * call to Slack may last it is over before another can take it. Milliseconds.
 */
const freshFor = 4_000;

/** While nothing is notified, because the connection for it is down, the outbox is looked into after so many seconds. */
const deafPoll = 2;

/** "FBob": one lease at a time, so that two senders cannot both find a channel free. */
const leaseLock = 0x46426f62;

const due = z.object({ id: z.string() });

const leased = z
  .object({
    id: z.string(),
    key: z.string(),
    channel: z.string(),
    notice,
    thread_ts: z.string().nullable(),
    ts: z.string().nullable(),
    uncertain: z.boolean(),
    created_at: timestamp,
    attempts: z.number(),
    revision: z.number(),
  })
  .transform(({ thread_ts: threadTs, ts, created_at: createdAt, ...rest }) => ({
    ...rest,
    createdAt,
    ...(threadTs === null ? {} : { threadTs }),
    ...(ts === null ? {} : { ts }),
  }));

/** The Outbox port on PostgreSQL. Leases belong to the liveness connection's instance, so that others notice when it dies. */
export function createOutbox(options: {
  readonly knex: Knex;
  readonly liveness: Pick<Liveness, 'on' | 'instance' | 'isLive'>;
  readonly queue: Pick<Queue, 'send'>;
  /** Where messages go when their own channel takes none; absent: to the usual one. */
  readonly fallbackChannel?: string | undefined;
  /** See freshFor, which it is unless told. */
  readonly freshFor?: number;
  /** The usual one: a policy or an annotation may have named another that is not there. */
  readonly channel?: string;
}): Outbox {
  const { knex, liveness, queue, channel, fallbackChannel = channel } = options;
  let notified = false;
  let answer = () => {};
  /** Of the last look, where it found nothing to send. */
  let next: (DueIn & { readonly age: () => number }) | undefined;
  const ages = new WeakMap<Delivery, () => number>();
  liveness.on('outbox', () => {
    notified = true;
    answer();
  });
  return {
    lease: async (limit) => {
      notified = false;
      next = undefined;
      const age = startStopwatch();
      const { taken, dueIn } = await transact(knex, (trx) => lease(trx, limit, liveness.instance));
      if (dueIn !== undefined) next = { ...dueIn, age };
      const { read, unread } = readable(await taken);
      // Nothing of them was sent: where this is not noted their lease runs out.
      if (unread.length > 0) await leave(knex, unread);
      for (const delivery of read) ages.set(delivery, age);
      return read;
    },
    markSending: async (delivery) => {
      const age = ages.get(delivery)?.() ?? Number.POSITIVE_INFINITY;
      // Whoever had it before this one may still post it, and note so.
      if (delivery.uncertain || age > (options.freshFor ?? freshFor)) await markSending(knex, delivery);
    },
    settle: async (delivery, outcome) => {
      next = undefined;
      const shown = showsOf(delivery, outcome);
      await transact(knex, async (trx) => {
        const settled = settle(trx, delivery, outcome, fallbackChannel);
        // What was sent is noted by the first statement; the server comes to this one after it.
        if (outcome.kind !== 'sent') await settled;
        const woken = shown && wakeShown(queue, trx, { id: delivery.id, ...shown });
        await Promise.all([settled, woken]);
      });
    },
    doubles: async (limit) => {
      if (next !== undefined && next.double > next.age() / 1000) return [];
      return takeDoubles(knex, limit);
    },
    settleDouble: (double, settled) => transact(knex, (trx) => settleDouble(trx, double, settled)),
    wait: async (seconds, signal) => {
      if (notified || signal.aborted) return;
      const untilFree = next === undefined ? (await findDueIn(knex)).message : remaining(next);
      const { promise, resolve } = Promise.withResolvers<void>();
      answer = resolve;
      const longest = liveness.isLive() ? seconds : Math.min(seconds, deafPoll);
      const timer = setTimeout(resolve, Math.min(longest, untilFree) * 1000);
      const wake = () => resolve();
      signal.addEventListener('abort', wake, { once: true });
      if (notified || signal.aborted) resolve();
      await promise.finally(() => clearTimeout(timer));
      // The signal lives as long as the process; a listener for each wait would pile up on it.
      signal.removeEventListener('abort', wake);
    },
  };
}

/** The remediation that may go on for this outcome: of one of its parts, or of a card that is new or was not taken whole. */
function showsOf(
  { notice, ts }: Delivery,
  outcome: Delivered,
): { readonly remediationId: string; readonly ifLate: boolean } | undefined {
  if (outcome.kind !== 'sent' && outcome.kind !== 'refused') return undefined;
  if (notice.kind === 'part') return { remediationId: notice.remediationId, ifLate: false };
  if (notice.kind !== 'card' || outcome.kind !== 'sent') return undefined;
  const { remediationId } = notice;
  if (outcome.short) return { remediationId, ifLate: false };
  return ts === undefined ? { remediationId, ifLate: true } : undefined;
}

/** What is left of the time that was found; at least a moment, so that a clock that differs a little makes no spin. */
const remaining = ({ message, age }: DueIn & { readonly age: () => number }): number =>
  Math.max(0.02, message - age() / 1000);

const anyRow = z.looseObject({ id: z.string(), uncertain: z.boolean() });
type AnyRow = z.infer<typeof anyRow>;

interface Look {
  /** Answered with the commit. */
  readonly taken: Promise<readonly AnyRow[]>;
  /** When there is something again, where there is nothing now. */
  readonly dueIn?: DueIn;
}

/** Nothing is asked that the server could not answer in one go. */
async function lease(trx: Transaction, limit: number, instance: number): Promise<Look> {
  const [, posts, allowed, updates] = await Promise.all([
    trx.raw('select pg_advisory_xact_lock(?)', [leaseLock]),
    rows(trx, due, postsSql, [limit]),
    updatesAllowed(trx),
    rows(trx, due, updatesSql, [limit, limit]),
  ]);
  const room = Math.max(0, Math.min(limit - posts.length, allowed));
  const ids = [...posts, ...updates.slice(0, room)].map((found) => found.id);
  if (ids.length === 0) return { taken: Promise.resolve([]), dueIn: await findDueIn(trx) };
  const taken = rows(trx, anyRow, leaseSql, [ids, instance]);
  taken.catch(() => undefined);
  return { taken };
}

/** Those that this version can read. The others were promised by a newer one, and are left to it. */
function readable(found: readonly AnyRow[]): {
  readonly read: readonly Delivery[];
  readonly unread: readonly AnyRow[];
} {
  const parsed = found.map((row) => ({ row, delivery: leased.safeParse(row) }));
  return {
    read: parsed.flatMap(({ delivery }) => (delivery.success ? [delivery.data] : [])),
    unread: parsed.flatMap(({ row, delivery }) => (delivery.success ? [] : [row])),
  };
}

/** Nothing was sent: the newer one finds the message as it was, and the next in its channel goes meanwhile. */
async function leave(db: Db, unread: readonly AnyRow[]): Promise<void> {
  const sql = `update slack_outbox set attempts = attempts - 1, leased_until = null, leased_by = null, uncertain = id = any (?),
      last_error = 'left to a newer version of Firebreak', next_attempt_at = clock_timestamp() + interval '5 seconds'
    where id = any (?)`;
  const uncertain = unread.filter((row) => row.uncertain).map(({ id }) => id);
  await write(db, sql, [uncertain, unread.map(({ id }) => id)]);
}

const postsSql = `select id from ${duePosts} post order by priority, seq limit ?`;

/** The most important first, and of these the one that has waited longest. */
const updatesSql = `select id from ${dueUpdates('?')} edit order by priority, next_attempt_at limit ?`;

/**
 * Rows that a transition is just writing to are left for the next look: nobody waits for anybody here. An update whose
 * lease ran out may still be on its way, with an older content. What is to be posted counts as sent from here on, so that
 * whoever takes it after this one looks whether it is there; this one is told what was known before.
 */
const leaseSql = `with free as (
    select id, uncertain or (ts is not null and leased_until is not null) as uncertain
    from slack_outbox where id = any (?) for update skip locked
  ), taken as (
    update slack_outbox o set attempts = o.attempts + 1, uncertain = free.uncertain or o.ts is null,
      leased_until = clock_timestamp() + interval '${leaseSeconds} seconds', leased_by = ?
    from free, slack_outbox same left join slack_outbox root on root.key = same.root_key
        left join slack_outbox head on head.key = root.root_key
    where o.id = free.id and same.id = o.id
    returning o.id, o.key, coalesce(o.sent_channel, root.sent_channel, o.channel) as channel, o.notice,
      coalesce(head.ts, root.ts) as thread_ts, o.ts, free.uncertain, o.created_at, o.attempts, o.desired_revision as revision
  ), spent as (${spending(spentOnUpdates('count(ts)', 'taken'))})
  select * from taken`;

/**
 * Ends the leases of processes that died. Whether they had posted is found out before anything is posted again. What a
 * transaction holds is left to the next beat: it may hold others of the thread, and wait for these.
 */
export async function freeLeases(db: Db, instances: readonly number[]): Promise<number> {
  const sql = `update slack_outbox set leased_until = null, leased_by = null, uncertain = uncertain or ts is not null
    where id in (select id from slack_outbox where leased_until is not null and status = 'open'
      and sent_revision < desired_revision and leased_by = any (?) for update skip locked)`;
  return write(db, sql, [[...instances]]);
}

/** Throws when the delivery was given to another meanwhile: then nothing may be posted. */
async function markSending(db: Db, delivery: Delivery): Promise<void> {
  const sql = `update slack_outbox set uncertain = true, leased_until = clock_timestamp() + interval '${leaseSeconds} seconds'
    where id = ? and attempts = ? and ts is null`;
  if ((await write(db, sql, [delivery.id, delivery.attempts])) === 1) return;
  throw new Error(`message ${delivery.key} was taken over by another sender`);
}

async function settle(
  trx: Transaction,
  delivery: Delivery,
  outcome: Delivered,
  fallback?: string,
): Promise<void> {
  switch (outcome.kind) {
    case 'sent':
      return settleSent(trx, delivery, outcome);
    case 'withheld':
      return settleWithheld(trx, delivery, outcome, fallback);
    case 'gone':
      return settleGone(trx, delivery, outcome.reason);
    default:
      return settleUnsent(trx, delivery, outcome);
  }
}

type Unsent = Extract<Delivered, { kind: 'later' | 'unknown' | 'refused' }>;

async function settleUnsent(trx: Db, delivery: Delivery, outcome: Unsent): Promise<void> {
  if (outcome.kind === 'refused' && (await leaveThread(trx, delivery, outcome.reason))) return;
  const seconds = outcome.kind === 'later' ? outcome.afterSeconds : backoff(delivery.attempts);
  const isPost = delivery.ts === undefined;
  const update = `update slack_outbox set status = ?, uncertain = ?, last_error = ?, leased_until = null,
      next_attempt_at = clock_timestamp() + ?::float8 * interval '1 second'
    where id = ? and ${stillTaken} returning channel, priority`;
  // It may be there, and counts as a post then.
  const sql = isPost && outcome.kind === 'unknown' ? pacing(update) : update;
  const [held] = await rows(trx, posted, sql, [
    outcome.kind === 'refused' ? 'failed' : 'open',
    outcome.kind === 'unknown' || delivery.uncertain,
    clean(outcome.reason),
    seconds,
    delivery.id,
    ...asTaken(delivery),
  ]);
  if (held === undefined || outcome.kind !== 'later') return;
  if (isPost) await closeChannel(trx, held.channel, seconds);
  else await closeUpdates(trx, seconds);
}

/** A post is taken out of the buckets of its channel with the statement that notes it, whose rows are answered. */
const pacing = (update: string): string =>
  `with noted as (${update}), paced as (${spending(spentOnPost('noted'))}) select * from noted`;

/**
 * A thread that does not take a card, or whose head is never taken, must not keep it from people: it goes to the channel.
 * Answers whether that is what becomes of this message.
 */
async function leaveThread(trx: Db, { id, key, ts, threadTs, notice }: Delivery, reason: string) {
  if (ts !== undefined) return false;
  await send(trx, lockedThreadOf(id));
  const out = `update slack_outbox set root_key = null, ready = true, attempts = 0, uncertain = false, leased_until = null,
      last_error = ?, next_attempt_at = clock_timestamp() where ts is null and kind = 'card'`;
  await write(trx, `${out} and root_key = ?`, [clean(reason), key]);
  if (notice.kind !== 'card' || threadTs === undefined) return false;
  const turned = await write(trx, `${out} and id = ?`, [clean(reason), id]);
  return turned > 0;
}

/** Somebody deleted the message: a card, on which people decide, is posted anew. */
async function settleGone(trx: Db, delivery: Delivery, reason: string): Promise<void> {
  const { id, notice } = delivery;
  if (notice.kind !== 'card') return settleUnsent(trx, delivery, { kind: 'refused', reason });
  const sql = `update slack_outbox set ts = null, sent_channel = null, sent_revision = 0, uncertain = false, attempts = 0,
      last_error = ?, leased_until = null, next_attempt_at = clock_timestamp()
    where id = ? and ${stillTaken}`;
  await write(trx, sql, [clean(reason), id, ...asTaken(delivery)]);
}

/** Seconds after which a message is sent once more that an older update may have overtaken. */
const confirmAfter = 30;

/**
 * What Slack has taken is noted even when the lease was lost meanwhile: the message is there. A second message is noted
 * for deletion. An update that comes in after a newer one, or before one that is still on its way, has one more follow
 * it, so that the newest is the last.
 */
async function settleSent(
  trx: Transaction,
  delivery: Delivery,
  sent: Extract<Delivered, { kind: 'sent' }>,
): Promise<void> {
  const { id, uncertain } = delivery;
  const noted = notedSent(delivery, sent);
  if (delivery.ts !== undefined) return trx.last(noted);
  const [row] = await rows(trx, written, pacing(noted.sql), noted.bindings);
  if (row === undefined) return;
  if (row.ts !== sent.ts || row.sent_channel !== sent.channel) await noteDouble(trx, id, sent);
  for (const ts of sent.copies ?? []) await noteDouble(trx, id, { channel: sent.channel, ts });
  if (uncertain) await noteDouble(trx, id, { channel: sent.channel });
  if (delivery.notice.kind === 'card') trx.last(promisedLink(delivery.key));
}

function notedSent(
  { id, revision, attempts, uncertain, ts }: Delivery,
  sent: Extract<Delivered, { kind: 'sent' }>,
): Statement {
  const confirmed = uncertain && ts !== undefined;
  const sql = `update slack_outbox set ts = coalesce(ts, ?), sent_channel = coalesce(sent_channel, ?),
      sent_revision = greatest(sent_revision, ?),
      desired_revision = desired_revision + case when sent_revision > ? or ? then 1 else 0 end,
      posted_at = case when ts is null then clock_timestamp() else posted_at end,
      uncertain = false, last_error = null, status = 'open', short = ?, sent_at = clock_timestamp(),
      next_attempt_at = clock_timestamp() + ?::float8 * interval '1 second',
      leased_until = case when attempts = ? then null else leased_until end,
      attempts = case when attempts = ? then 0 else attempts end
    where id = ? returning channel, priority, ts, sent_channel`;
  const bindings = [sent.ts, sent.channel, revision, revision, confirmed, sent.short === true];
  return { sql, bindings: [...bindings, confirmed ? confirmAfter : 0, attempts, attempts, id] };
}

const posted = z.object({ channel: z.string(), priority: z.number() });
const written = posted.extend({ ts: z.string(), sent_channel: z.string() });

/** 2, 4, 8 ... seconds, at most a minute. */
function backoff(attempts: number): number {
  return Math.min(60, 2 ** Math.min(attempts, 6));
}
