import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Db, rows } from '../sql.ts';

/** Incidents that are triaged side by side; the others wait for their turn in the table. */
const triagedAtOnce = 6;

/** How many more may be woken now, as an expression. */
export const roomForTriage = `(select greatest(0, ${triagedAtOnce} - count(*)) from (
    select from incidents where state = 'received' and woken_at is not null limit ${triagedAtOnce}) woken)`;

const woken = z.object({ id: z.string() });

/** Wakes the incident that has waited longest; in the transaction that ends the triage of another. */
export async function wakeNext(context: Pick<Context, 'queue'>, trx: Db): Promise<void> {
  const sql = `update incidents set woken_at = now() where id = (
      select id from incidents where state = 'received' and woken_at is null order by moved_at limit 1 for update skip locked)
    returning id`;
  const found = await rows(trx, woken, sql);
  await wakeTriage(context, trx, found);
}

/** Makes the jobs of incidents that are marked as woken. */
export async function wakeTriage(
  context: Pick<Context, 'queue'>,
  trx: Db,
  incidents: readonly { readonly id: string }[],
): Promise<void> {
  await context.queue.sendAll(
    trx,
    incidents.map(({ id }) => ({ kind: 'triage' as const, id, version: 0 })),
  );
}

/** What the sweeper wakes when its job is lost, or when nothing has woken it for longer than a storm should take. */
export const unwoken = `select 'triage', id, version from incidents
  where state = 'received' and (woken_at is not null or moved_at < now() - interval '2 minutes')`;
