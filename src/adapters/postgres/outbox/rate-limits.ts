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

/** How many updates the workspace takes now. */
export async function updatesAllowed(trx: Db): Promise<number> {
  const debt = z.object({ seconds: z.coerce.number() });
  const sql =
    'select extract(epoch from free_at - clock_timestamp()) as seconds from slack_lanes where lane = ?';
  const [found] = await rows(trx, debt, sql, [updatesKey]);
  return Math.floor(updateBurst - Math.max(0, found?.seconds ?? 0) / updateSpacing);
}

/** Notes that so many updates are on their way. */
export async function spendUpdates(trx: Db, count: number): Promise<void> {
  if (count === 0) return;
  const sql = `insert into slack_lanes as lane (lane, free_at) values (?, clock_timestamp() + ?::float8 * interval '1 second')
    on conflict (lane) do update set free_at = greatest(lane.free_at, clock_timestamp()) + ?::float8 * interval '1 second'`;
  await write(trx, sql, [updatesKey, count * updateSpacing, count * updateSpacing]);
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
