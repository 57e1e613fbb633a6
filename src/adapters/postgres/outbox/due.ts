import { z } from 'zod';
import { type Db, rows } from '../sql.ts';
import { isDoubleDue } from './doubles.ts';
import { levels, unasked } from './priority.ts';
import { postHeadroom, unaskedKey, unaskedPosts, updateHeadroom, updatesKey } from './rate-limits.ts';

/*
 * What is to be sent next. However much waits, each statement reads a few entries of an index: the first post of each
 * channel, the first updates of each priority (test/adapters/postgres/plans.test.ts). statement_timestamp(), because
 * what may change while a statement runs, as clock_timestamp() does, is never looked up in an index.
 */

/** A post that waits for nothing but its turn; the predicate of the index slack_outbox_posts. */
const openPost = (row: string): string => `${row}.status = 'open' and ${row}.ts is null and ${row}.ready`;

/** The predicate of the index slack_outbox_updates. */
const openUpdate = `o.status = 'open' and o.ts is not null and o.sent_revision < o.desired_revision`;

const isFree = `(o.leased_until is null or o.leased_until <= statement_timestamp())`;

/** Parts of what a card has no room for are posted one after the other; one that was refused for good is waited for by none. */
const isNextPart = `(o.kind <> 'part' or not exists (select from slack_outbox earlier where earlier.root_key = o.root_key
  and earlier.kind = 'part' and earlier.seq < o.seq and earlier.ts is null and earlier.status = 'open'))`;

/** The channels that have an open post, each found by one step in the index: there are few, and they may have many. */
const channels = `with recursive channels (channel) as (
    (select o.channel from slack_outbox o where ${openPost('o')} order by o.channel limit 1)
    union all
    select (select o.channel from slack_outbox o where ${openPost('o')} and o.channel > channels.channel
      order by o.channel limit 1)
    from channels where channels.channel is not null
  )`;

/** Until when a post of this channel is on its way. */
const onItsWay = `(select max(other.leased_until) from slack_outbox other
  where other.channel = channels.channel and other.leased_until is not null and other.ts is null)`;

/** When the channel takes another post that nobody asked for. */
const unaskedAt = `(select free_at - interval '${(unaskedPosts.burst - 1) * unaskedPosts.spacing} seconds' from slack_lanes
  where lane = ${unaskedKey('channels.channel')})`;

/** The priorities of posts that may go now are below it: a burst is for what people asked for. */
const lowest = `(case when ${unaskedAt} > statement_timestamp() or lane.free_at > statement_timestamp() then ${unasked} else ${Math.max(...levels) + 1} end)`;

/** The first post of each channel that may be sent now, none where one is on its way. */
export const duePosts = `(${channels}
  select first.id, first.priority, first.seq
  from channels left join slack_lanes lane on lane.lane = channels.channel
  cross join lateral (
    select o.id, o.priority, o.seq from slack_outbox o
    where o.channel = channels.channel and ${openPost('o')} and o.priority < ${lowest}
      and o.next_attempt_at <= statement_timestamp() and ${isFree} and ${isNextPart}
    order by o.priority, o.seq limit 1
  ) first
  where (lane.free_at is null or lane.free_at <= statement_timestamp() + interval '${postHeadroom} seconds')
    and (${onItsWay} is null or ${onItsWay} <= statement_timestamp()))`;

/** Priorities, one row each. */
const level = `unnest(array[${levels.join(', ')}]::smallint[]) as level (priority)`;

/** Of each priority the updates that have waited longest; see rate-limits.ts for how many may be sent. */
export const dueUpdates = (limit: string): string => `(select first.id, first.priority, first.next_attempt_at
  from ${level} cross join lateral (
    select o.id, o.priority, o.next_attempt_at from slack_outbox o
    where ${openUpdate} and o.priority = level.priority and o.next_attempt_at <= statement_timestamp() and ${isFree}
    order by o.next_attempt_at limit ${limit}
  ) first)`;

const updatesOpen = `not exists (select from slack_lanes
  where lane = '${updatesKey}' and free_at > statement_timestamp() + interval '${updateHeadroom} seconds')`;

/** Whether anything could be sent now. */
export const isAnythingDue = `(exists (select from ${duePosts} post)
  or (${updatesOpen} and exists (select from ${dueUpdates('1')} edit))
  or ${isDoubleDue})`;

/** Of each channel so many of its first posts are looked at for when the next is due. */
const lookedAt = 20;

/** When the next post of each channel is due: when the channel is free, and one of its first posts. */
const nextPosts = `${channels}
  select greatest(lane.free_at - interval '${postHeadroom} seconds', ${onItsWay}, first.at) as at
  from channels left join slack_lanes lane on lane.lane = channels.channel
  cross join lateral (
    select min(greatest(near.next_attempt_at, near.leased_until,
      case when near.priority >= ${unasked} then greatest(${unaskedAt}, lane.free_at) end)) as at from (
      select o.next_attempt_at, o.leased_until, o.priority from slack_outbox o
      where o.channel = channels.channel and ${openPost('o')} and ${isNextPart}
      order by o.priority, o.seq limit ${lookedAt}
    ) near
  ) first
  where first.at is not null`;

const nextUpdates = `select greatest(
      (select free_at - interval '${updateHeadroom} seconds' from slack_lanes where lane = '${updatesKey}'), first.at) as at
  from ${level} cross join lateral (
    select greatest(o.next_attempt_at, o.leased_until) as at from slack_outbox o
    where ${openUpdate} and o.priority = level.priority order by o.next_attempt_at limit 1
  ) first`;

const untilDue = `select extract(epoch from min(at) - clock_timestamp()) as seconds,
    extract(epoch from min(at) filter (where is_double) - clock_timestamp()) as double_seconds
  from ((select at, false as is_double from (${nextPosts}) post) union all (select at, false from (${nextUpdates}) edit)
    union all (select min(due_at), true from slack_doubles)) as next`;

const dueIn = z.object({
  seconds: z.coerce.number().nullable(),
  double_seconds: z.coerce.number().nullable(),
});

/** Seconds until the next message that waits for nothing but time is due, and the next copy to see to; Infinity if there is none. */
export interface DueIn {
  readonly message: number;
  readonly double: number;
}

/** When there is something to send next, by the clock of the database. */
export async function findDueIn(db: Db): Promise<DueIn> {
  const [found] = await rows(db, dueIn, untilDue);
  return {
    message: Math.max(0.02, found?.seconds ?? Number.POSITIVE_INFINITY),
    double: found?.double_seconds ?? Number.POSITIVE_INFINITY,
  };
}
