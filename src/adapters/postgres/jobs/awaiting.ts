import { z } from 'zod';
import type { Awaiting, Waiting } from '../../../workflow/intake/awaiting-port.ts';
import type { Claim } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { kinOf, rootOf } from '../incidents/kin.ts';
import { wakeIntoRoom } from '../incidents/waking.ts';
import { clean, type Db, rows, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';

/**
 * See AwaitingClusters. The wake says that the step has been tried, so that a replica of the version before, which lets nothing
 * but alerts wait, tries a proposal three times more and ends it as it always has.
 */
export async function awaitCluster(
  context: Pick<Context, 'knex' | 'queue'>,
  waiting: Waiting,
  claim: Claim,
  seconds: number,
): Promise<void> {
  const { kind, of } = waiting;
  await transact(context.knex, async (trx) => {
    if (!(await context.queue.complete(trx, claim))) return;
    await note(trx, waiting);
    const again = { kind, id: of.id, version: of.version, deaths: 0 } as const;
    await context.queue.send(trx, again, { after: seconds, salt: claim.jobId, isLast: true });
    // As many as there is room for: one that waits again had no place to give.
    if (kind === 'triage') await wakeIntoRoom(context, trx);
  });
}

/** An incident that waits is one that was woken at no time that comes. */
function note(trx: Db, waiting: Waiting): Promise<number> {
  const { id, version } = waiting.of;
  const still = 'where id = ? and version = ? and state = ?';
  if (waiting.kind === 'step') {
    const sql = `update remediations set awaits_cluster = ? ${still}`;
    return write(trx, sql, [waiting.of.cluster, id, version, 'requested']);
  }
  const sql = `update incidents set woken_at = 'infinity', awaits_cluster = ? ${still}`;
  const cluster = waiting.cluster === undefined ? null : clean(waiting.cluster);
  return write(trx, sql, [cluster, id, version, 'received']);
}

const awaitingRow = z
  .object({ cluster: z.string().nullable(), alerts: z.coerce.number(), since: timestamp })
  .transform(({ cluster, ...row }): Awaiting => ({ ...row, ...(cluster === null ? {} : { cluster }) }));

/** Alerts of an incident that fire; one at least, for what was proposed waits also where all of them are resolved. */
const firing = `(select greatest(count(*), 1) from ${kinOf(rootOf('incident_id'))} kin join incidents i on i.id = kin.id
  where i.alert is not null and i.resolved_at is null)`;

/** Some of what waits: what one channel is told, by what its alerts say of themselves. */
const somewhere = z.object({
  cluster: z.string(),
  labels: z.record(z.string(), z.string()).nullable(),
  namespace: z.string().nullable(),
  severities: z.array(z.string()).nullable(),
  alerts: z.coerce.number(),
  since: timestamp,
});
export type AwaitingSomewhere = z.infer<typeof somewhere>;

/** Labels in which an alert says its namespace. */
const placing = ['namespace', 'exported_namespace', 'k8s_namespace_name', 'k8s.namespace.name']
  .map((name) => `alert->'labels'->>'${name}'`)
  .join(', ');

const severity = `lower(alert->'labels'->>'severity')`;

/**
 * What waits for clusters whose names are known, by where it is and how severe: alerts by their labels, those of one
 * namespace as one of them says it, and what is proposed by its target.
 */
export function findAwaitingSomewhere(db: Db): Promise<readonly AwaitingSomewhere[]> {
  const sql = `select awaits_cluster as cluster, (array_agg(alert->'labels'))[1] as labels, null as namespace,
      array_remove(array[${severity}], null) as severities, count(*) as alerts, min(created_at) as since
    from incidents where state = 'received' and woken_at = 'infinity' and awaits_cluster is not null
    group by awaits_cluster, ${placing}, ${severity}
    union all
    select awaits_cluster, null, data->'action'->'target'->>'namespace',
      (select array_agg(${severity}) from ${kinOf(rootOf('incident_id'))} kin join incidents i on i.id = kin.id
        where ${severity} is not null), ${firing}, created_at
    from remediations where state = 'requested' and awaits_cluster is not null`;
  return rows(db, somewhere, sql);
}

/** See AwaitingClusters. */
export function findAwaiting(db: Db): Promise<readonly Awaiting[]> {
  const sql = `select awaits_cluster as cluster, sum(alerts) as alerts, min(created_at) as since from (
      select awaits_cluster, 1 as alerts, created_at from incidents where state = 'received' and woken_at = 'infinity'
      union all
      select awaits_cluster, ${firing}, created_at from remediations
        where state = 'requested' and awaits_cluster is not null
    ) waiting group by awaits_cluster order by since, cluster`;
  return rows(db, awaitingRow, sql);
}
