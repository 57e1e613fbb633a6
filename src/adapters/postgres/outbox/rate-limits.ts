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
const updatesKey = '*updates';

/** What could be sent now, were its rate limit not used up. `o` is the message, `root` the one whose thread it belongs in. */
export const dueDeliveries = `from slack_outbox o
    left join slack_outbox root on root.key = o.root_key
    left join slack_lanes lane on lane.lane = case when o.ts is null then o.channel else '${updatesKey}' end
  where o.status = 'open' and o.sent_revision < o.desired_revision and o.next_attempt_at <= clock_timestamp()
    and (o.leased_until is null or o.leased_until <= clock_timestamp())
    and (o.root_key is null or root.ts is not null)
    and (o.kind <> 'part' or not exists (select from slack_outbox earlier
      where earlier.root_key = o.root_key and earlier.kind = 'part' and earlier.seq < o.seq and earlier.ts is null))
    and (lane.free_at is null or lane.free_at <= clock_timestamp()
      + case when o.ts is null then interval '0' else interval '${(updateBurst - 1) * updateSpacing} seconds' end)`;

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
  await limitChannel(trx, updatesKey, seconds + (updateBurst - 1) * updateSpacing);
}

/** Holds a channel (or all updates) back for some seconds at least. */
export async function limitChannel(trx: Db, key: string, seconds: number): Promise<void> {
  const sql = `insert into slack_lanes as lane (lane, free_at) values (?, clock_timestamp() + ?::float8 * interval '1 second')
    on conflict (lane) do update set free_at = greatest(lane.free_at, excluded.free_at)`;
  await write(trx, sql, [key, seconds]);
}

/** When the next message that waits for nothing but time is due; Infinity if there is none. */
export async function secondsUntilDue(db: Db): Promise<number> {
  const sql = `select extract(epoch from min(greatest(o.next_attempt_at, o.leased_until, case when o.ts is null then lane.free_at
        else lane.free_at - interval '${(updateBurst - 1) * updateSpacing} seconds' end)) - clock_timestamp()) as seconds
    from slack_outbox o left join slack_outbox root on root.key = o.root_key
      left join slack_lanes lane on lane.lane = case when o.ts is null then o.channel else '${updatesKey}' end
    where o.status = 'open' and o.sent_revision < o.desired_revision and (o.root_key is null or root.ts is not null)`;
  const [found] = await rows(db, z.object({ seconds: z.coerce.number().nullable() }), sql);
  return Math.max(0.02, found?.seconds ?? Number.POSITIVE_INFINITY);
}
