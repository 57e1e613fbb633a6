import { z } from 'zod';
import type { Circumstances } from '../../../domain/circumstances.ts';
import { holdingStates } from '../../../domain/remediation.ts';
import type { Place, Proviso } from '../../../workflow/ports.ts';
import { type Db, rows } from '../sql.ts';

/** "FBbu": one move that depends on the budgets of a cluster at a time. */
const budgetLock = 0x46426275;

const totals = z.object({
  score: z.coerce.number(),
  running: z.coerce.number(),
  namespace_score: z.coerce.number(),
  namespace_running: z.coerce.number(),
});

/** Scores of what was started since, added up, and how many remediations run now; see Store.usage. */
export async function findUsage(
  db: Db,
  place: Place,
  since: string,
): Promise<Circumstances['usage'] & object> {
  const holds = holdingStates.map(() => '?').join(', ');
  const sql = `
    with recent as (
      select score, state in (${holds}) as running,
        (data ->> 'startedAt')::timestamptz >= ? as started,
        data -> 'action' -> 'target' ->> 'namespace' = ? as here
      from remediations
      where cluster = ? and data ->> 'startedAt' is not null and (updated_at >= ? or state in (${holds}))
    )
    select coalesce(sum(score) filter (where started), 0) as score,
      count(*) filter (where running) as running,
      coalesce(sum(score) filter (where started and here), 0) as namespace_score,
      count(*) filter (where running and here) as namespace_running
    from recent`;
  const { cluster, namespace } = place;
  const bindings = [...holdingStates, since, namespace ?? null, cluster, since, ...holdingStates];
  const [found] = await rows(db, totals, sql, bindings);
  if (found === undefined) throw new Error('the sums of the last hour came back empty');
  const { score, running, namespace_score, namespace_running } = found;
  return {
    cluster: { score, running },
    ...(namespace === undefined ? {} : { namespace: { score: namespace_score, running: namespace_running } }),
  };
}

/**
 * Whether a step's proviso holds with what has been committed by now; the first question of a transaction. From here to
 * its end the transaction is the only one of the cluster that may go on from it, so that no two can spend the same rest
 * of a budget. The sums see what the holder of the lock before did, because each statement sees what was committed
 * before it (connect.ts).
 */
export async function provisoHolds(trx: Db, { place, since, holds }: Proviso): Promise<boolean> {
  await trx.raw('select pg_advisory_xact_lock(?, hashtext(?))', [budgetLock, place.cluster]);
  return holds(await findUsage(trx, place, since));
}
