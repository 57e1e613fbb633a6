import { z } from 'zod';
import { type Db, rows, write } from '../sql.ts';
import { unasked } from './priority.ts';

/**
 * Slack takes about one post a second in each channel, and short bursts of more ("Rate limits", special case of
 * chat.postMessage). Four at once are what is said of one remediation between the click and its verdict: the verdict does not
 * wait behind the rest. Seconds.
 */
export const postSpacing = 1.1;
const postBurst = 4;

/** Seconds by which the lane of a channel may run ahead before a post that people asked for has to wait. */
export const postHeadroom = (postBurst - 1) * postSpacing;

/**
 * chat.update is a tier 3 method: 50 a minute and more in a workspace. 45 a minute with bursts of 5 keeps every
 * minute at 50. free_at in slack_lanes is the theoretical arrival time of the generic cell rate algorithm.
 */
const updateSpacing = 60 / 45;
const updateBurst = 5;
export const updatesKey = '*updates';

/** Seconds by which the lane of updates may run ahead before an update has to wait. */
export const updateHeadroom = (updateBurst - 1) * updateSpacing;

/**
 * What alerts bring about is posted less often in each channel: 18 in the first minute of a storm, ten in each after it.
 * Nobody reads a channel that is faster, and what people asked for is not behind it.
 */
export const unaskedPosts = { burst: 8, spacing: 6 } as const;

/** The row of slack_lanes that belongs to a channel, as an SQL expression over the channel. */
export const unaskedKey = (channel: string): string => `'*unasked:' || ${channel}`;

/** So many at once, and then one for each `spacing` seconds. */
export interface Bucket {
  /** Of its row in slack_lanes. */
  readonly key: string;
  readonly spacing: number;
  readonly burst: number;
}

const updates: Bucket = { key: updatesKey, spacing: updateSpacing, burst: updateBurst };

/** How many updates the workspace takes now. */
export const updatesAllowed = (trx: Db): Promise<number> => allowed(trx, updates);

/**
 * Takes out of buckets, as part of a larger statement. `taken`: a query for the key of each bucket that something is taken
 * out of, and for how many seconds.
 */
export const spending = (taken: string): string => `insert into slack_lanes as lane (lane, free_at)
    select key, statement_timestamp() + seconds * interval '1 second' from (${taken}) taken (key, seconds)
    on conflict (lane) do update
      set free_at = greatest(lane.free_at, statement_timestamp()) + (excluded.free_at - statement_timestamp())`;

/** What so many updates take out of their bucket, if there are any; for `spending`. */
export const spentOnUpdates = (count: string, from: string): string =>
  `select '${updatesKey}', ${count} * ${updateSpacing}::float8 from ${from} having ${count} > 0`;

/** What a post takes out of its channel's bucket, and out of the one for what nobody asked for; for `spending`. */
export const spentOnPost = (from: string): string => `select channel, ${postSpacing}::float8 from ${from}
    union all select ${unaskedKey('channel')}, ${unaskedPosts.spacing}::float8 from ${from} where priority >= ${unasked}`;

/** How many the bucket still has. */
export async function allowed(trx: Db, { key, spacing, burst }: Bucket): Promise<number> {
  const debt = z.object({ seconds: z.coerce.number() });
  const sql =
    'select extract(epoch from free_at - clock_timestamp()) as seconds from slack_lanes where lane = ?';
  const [found] = await rows(trx, debt, sql, [key]);
  return Math.floor(burst - Math.max(0, found?.seconds ?? 0) / spacing);
}

/** Takes so many out of a bucket. */
export async function spend(trx: Db, { key, spacing }: Bucket, count: number): Promise<void> {
  if (count === 0) return;
  const sql = `insert into slack_lanes as lane (lane, free_at) values (?, clock_timestamp() + ?::float8 * interval '1 second')
    on conflict (lane) do update set free_at = greatest(lane.free_at, clock_timestamp()) + ?::float8 * interval '1 second'`;
  await write(trx, sql, [key, count * spacing, count * spacing]);
}

/** Holds a channel back for some seconds at least, with no burst at their end. */
export async function closeChannel(trx: Db, channel: string, seconds: number): Promise<void> {
  await limitLane(trx, channel, seconds + postHeadroom);
}

/** Holds all updates back for some seconds, with no burst at their end. */
export async function closeUpdates(trx: Db, seconds: number): Promise<void> {
  await limitLane(trx, updatesKey, seconds + updateHeadroom);
}

async function limitLane(trx: Db, key: string, seconds: number): Promise<void> {
  const sql = `insert into slack_lanes as lane (lane, free_at) values (?, clock_timestamp() + ?::float8 * interval '1 second')
    on conflict (lane) do update set free_at = greatest(lane.free_at, excluded.free_at)`;
  await write(trx, sql, [key, seconds]);
}
