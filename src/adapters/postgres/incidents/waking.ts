import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Db, rows } from '../sql.ts';
import { transact } from '../transact.ts';

/** Incidents that are triaged side by side; the others wait for their turn in the table. */
const triagedAtOnce = 6;

const woken = z.object({ id: z.string() });

/** Wakes the incident that has waited longest; in the transaction that ends the triage of another. */
export const wakeNext = (context: Pick<Context, 'queue'>, trx: Db): Promise<void> => wake(context, trx, '1');

/** How many more may be woken now. What waits for its cluster takes nobody's place. */
const room = `(select greatest(0, ${triagedAtOnce} - count(*)) from (
    select from incidents where state = 'received' and woken_at < 'infinity' limit ${triagedAtOnce}) woken)`;

/**
 * Wakes as many as there is room for, after new ones were committed. Who dies before that leaves them to whoever wakes the
 * next, and to the sweeper.
 */
export async function wakeForRoom(context: Pick<Context, 'knex' | 'queue'>): Promise<void> {
  await transact(context.knex, (trx) => wakeIntoRoom(context, trx));
}

/** The same in a transaction that there is. */
export const wakeIntoRoom = (context: Pick<Context, 'queue'>, trx: Db): Promise<void> =>
  wake(context, trx, room);

/** Marks so many of those that have waited longest and makes their jobs. */
async function wake(context: Pick<Context, 'queue'>, trx: Db, limit: string): Promise<void> {
  const sql = `update incidents set woken_at = now() where id in (
      select id from incidents where state = 'received' and woken_at is null order by moved_at
      limit ${limit} for update skip locked)
    returning id`;
  const found = await rows(trx, woken, sql);
  await context.queue.sendAll(
    trx,
    found.map(({ id }) => ({ kind: 'triage' as const, id, version: 0 })),
  );
}

/**
 * What the sweeper wakes when its job is lost, when nothing has woken it for longer than a storm should take, or when there
 * is nobody who would: its replica may have died between the two commits, or the last one before it looked for more just
 * before it came.
 */
export const unwoken = `select 'triage', id, version from incidents
  where state = 'received' and (woken_at is not null or moved_at < now() - interval '2 minutes'
    or not exists (select from incidents where state = 'received' and woken_at is not null))`;
