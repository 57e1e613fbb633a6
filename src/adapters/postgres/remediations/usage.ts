import { z } from 'zod';
import type { PlaceUsage } from '../../../domain/circumstances.ts';
import { holdingStates } from '../../../domain/remediation.ts';
import type { Place, Proviso } from '../../../workflow/records-port.ts';
import { type Db, rows } from '../sql.ts';
import { findHistory } from './history.ts';

/** "FBbu": one move that depends on the budgets of a cluster at a time. */
const budgetLock = 0x46426275;

const count = z.coerce.number();
const totals = z.object({
  score: count,
  automatic: count,
  running: count,
  failed: count,
  namespace_failed: count,
  namespace_score: count,
  namespace_automatic: count,
  namespace_running: count,
  storm: z
    .object({
      since: z.coerce.date(),
      incidents: count,
      unhealthy: z.number().nullable(),
      workloads: z.number().nullable(),
      elsewhere: z.string().nullable(),
    })
    .nullable(),
});

/** Written out, so that the planner sees that the index of open rows has them all. */
export const holding = holdingStates.map((state) => `'${state}'`).join(', ');

/** Scores of what was started since, added up, and how many remediations run now; see Store.usage. */
export async function findUsage(db: Db, place: Place, since: string): Promise<PlaceUsage> {
  const sql = `
    with started as (
      select score, tier = 'auto' as alone, data -> 'action' -> 'target' ->> 'namespace' = ? as here,
        state in ('failed', 'inconclusive') as failed, state = 'succeeded' as helped, updated_at as at
      from remediations
      where cluster = ? and started_at >= ?
    ), helped as (
      select max(at) as at, max(at) filter (where here) as here_at from started where alone and helped
    ), running as (
      select data -> 'action' -> 'target' ->> 'namespace' = ? as here
      from remediations
      where cluster = ? and state in (${holding}) and started_at is not null
    )
    select coalesce(sum(score), 0) as score,
      count(*) filter (where alone) as automatic,
      (select count(*) from running) as running,
      count(*) filter (where alone and failed and at > coalesce((select at from helped), '-infinity')) as failed,
      count(*) filter (where alone and failed and here and at > coalesce((select here_at from helped), '-infinity'))
        as namespace_failed,
      (select jsonb_build_object('since', began_at, 'incidents', incidents, 'unhealthy', unhealthy, 'workloads', workloads,
        'elsewhere', nullif(cluster, ?)) from storms where ended_at is null) as storm,
      coalesce(sum(score) filter (where here), 0) as namespace_score,
      count(*) filter (where alone and here) as namespace_automatic,
      (select count(*) from running where here) as namespace_running
    from started`;
  const { cluster, namespace } = place;
  const here = namespace ?? null;
  const [found] = await rows(db, totals, sql, [here, cluster, since, here, cluster, cluster]);
  if (found === undefined) throw new Error('the sums of the last hour came back empty');
  const { namespace_score, namespace_automatic, namespace_running, namespace_failed, failed, storm, ...all } =
    found;
  const ofNamespace = {
    score: namespace_score,
    automatic: namespace_automatic,
    running: namespace_running,
    ...inARow(namespace_failed),
  };
  return {
    cluster: { ...all, ...inARow(failed) },
    ...(namespace === undefined ? {} : { namespace: ofNamespace }),
    ...(storm === null ? {} : { storm: stormOf(storm) }),
  };
}

function stormOf(found: NonNullable<z.infer<typeof totals>['storm']>): NonNullable<PlaceUsage['storm']> {
  const { since, incidents, unhealthy, workloads, elsewhere } = found;
  const where = elsewhere === null ? {} : { cluster: elsewhere };
  const share = unhealthy === null || workloads === null ? {} : { share: { unhealthy, workloads }, ...where };
  return { since: since.toISOString(), incidents, ...share };
}

const inARow = (failed: number) => (failed === 0 ? {} : { failedInARow: failed });

/** Until the transaction ends nobody else of the cluster decides by its budgets. */
export const lockBudget = (trx: Db, cluster: string) =>
  trx.raw('select pg_advisory_xact_lock(?, hashtext(?))', [budgetLock, cluster]);

/**
 * Whether a step's proviso holds with what has been committed by now; the first question of a transaction. From here to
 * its end the transaction is the only one of the cluster that may go on from it, so that no two can spend the same rest
 * of a budget, or act on the same owner as if the other did not. The answers see what the holder of the lock before
 * did, because each statement sees what was committed before it (connect.ts).
 */
export async function provisoHolds(trx: Db, proviso: Proviso): Promise<boolean> {
  const { place, since, objects, now, holds } = proviso;
  // The server takes them one after the other: what follows is read with the lock held.
  const [, usage, history] = await Promise.all([
    lockBudget(trx, place.cluster),
    findUsage(trx, place, since),
    findHistory(trx, objects, now),
  ]);
  return holds({ usage, history });
}
