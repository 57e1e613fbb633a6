import { z } from 'zod';
import type { Wake } from '../../../workflow/ports.ts';
import { type Db, rows, write } from '../sql.ts';

/**
 * Processes that may be lost with a step in all. Two steps that kill in turn would clear each other of it for ever. A step
 * that has nothing to do with it, but runs half the time that a process is left alive, gets there once in a million.
 */
const mostInAll = 20;

const counted = z.object({ in_a_row: z.number(), in_all: z.number() });

/**
 * Notes that a process was lost at a step, and counts the deaths for which the step may be to blame: those of the processes
 * that were lost one after the other with this step among what they did, since the last that was lost without it. One that
 * dies without the step shows that there is another cause, such as a node that goes or an operator who restarts things; a
 * step that ends every process that takes it is there at each death, however much else is going on.
 *
 * @returns 1 at least
 */
export async function countDeath(trx: Db, instance: number, { kind, id, version }: Wake): Promise<number> {
  await write(
    trx,
    `insert into lost_steps (instance, kind, id, version) values (?, ?, ?, ?)
      on conflict (instance, kind, id, version) do update set at = excluded.at`,
    [instance, kind, id, version],
  );
  const [found] = await rows(trx, counted, countSql, [kind, id, version]);
  const { in_a_row: inARow, in_all: inAll } = found ?? { in_a_row: 1, in_all: 1 };
  return inAll < mostInAll ? Math.max(1, inARow) : inAll;
}

const countSql = `with lost as (
    select max(at) as at, bool_or(kind = ? and id = ? and version = ?) as had from lost_steps group by instance
  )
  select count(*) filter (where had)::integer as in_all,
    count(*) filter (where had and at > coalesce((select max(at) from lost where not had), '-infinity'))::integer as in_a_row
  from lost`;

/** What is older explains nothing any more. */
export const oldDeathsSql = `delete from lost_steps where at < now() - interval '1 hour'`;
