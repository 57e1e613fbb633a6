import { z } from 'zod';
import { type Db, rows, write } from '../sql.ts';

/** Slack takes about one post a second in each channel ("Rate limits", special case of chat.postMessage). Seconds. */
export const postSpacing = 1.1;

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

/** Notes that a post which nobody asked for is on its way. */
export const spendUnasked = (trx: Db, channel: string): Promise<void> =>
  spend(trx, { ...unaskedPosts, key: `*unasked:${channel}` }, 1);

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

/** Notes that so many updates are on their way. */
export const spendUpdates = (trx: Db, count: number): Promise<void> => spend(trx, updates, count);

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

/** Holds all updates back for some seconds, with no burst at their end. */
export async function closeUpdates(trx: Db, seconds: number): Promise<void> {
  await limitChannel(trx, updatesKey, seconds + updateHeadroom);
}

/** Holds a channel (or all updates) back for some seconds at least. */
export async function limitChannel(trx: Db, key: string, seconds: number): Promise<void> {
  const sql = `insert into slack_lanes as lane (lane, free_at) values (?, clock_timestamp() + ?::float8 * interval '1 second')
    on conflict (lane) do update set free_at = greatest(lane.free_at, excluded.free_at)`;
  await write(trx, sql, [key, seconds]);
}
