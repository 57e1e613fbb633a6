import type { Knex } from 'knex';
import { z } from 'zod';
import { rows } from '../../src/adapters/postgres/sql.ts';
import { finalStates } from '../../src/domain/remediation.ts';
import { curedByAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';

/*
 * Scripts that are played side by side, each in order and about workloads that no other touches, so that a long one takes
 * minutes and not an hour, and what people are told does not depend on which of them is quicker.
 */

/** The namespaces of one script. */
export interface Lane {
  readonly shop: string;
  readonly payments: string;
}

export const laneOf = (nth: number): Lane => ({ shop: `shop-${nth}`, payments: `payments-${nth}` });

/** What its script is about: web and ledger are well, the others are not until they are restarted. */
export function workloadsOf({ shop, payments }: Lane) {
  const of = (name: string, where: string, more: object) =>
    deployment({ name, namespace: where, image: `registry.example/${name}:1.0.0`, ...more });
  const sick = { behaviour: { [curedByAnnotation]: 'restart' } };
  return [
    ...[namespace(shop), namespace(payments)],
    of('web', shop, { replicas: 2 }),
    of('ledger', payments, { replicas: 2, strategy: 'Recreate' }),
    ...['checkout', 'cart'].map((name) => of(name, shop, sick)),
  ];
}

const none = { cluster: 1_000_000, namespace: 1_000_000 };

/** Without what goes by the clock and by what others do: no two runs are equally fast. */
export const policyOf = (lanes: readonly Lane[]) => ({
  namespaces: { production: lanes.map(({ payments }) => payments), protected: ['kube-system'] },
  changesPerMinute: 1_000_000,
  budgets: { scorePerHour: none, concurrent: none, automaticPerHour: none, failuresInARow: none },
  storm: { incidentsPerMinute: 100_000, unhealthyPercent: 100, unhealthyWorkloads: 100_000 },
  incidents: { quietMinutes: 10_080, healthyMinutes: 10_080 },
});

const own = `select id, number, state, incident_id from remediations where command ~ ?`;
const isOf = ({ shop, payments }: Lane): string => ` -n (${shop}|${payments})( |$)`;

const row = z.object({ id: z.string(), number: z.number(), state: z.string() });
type Row = z.infer<typeof row>;

/** What was asked for and proposed in a lane, in order. */
export const readLane = (knex: Knex, lane: Lane): Promise<readonly Row[]> =>
  rows(knex, row, `${own} order by number`, [isOf(lane)]);

const left = `with own as materialized (${own}),
  ids as (select id::text from own union select incident_id::text from own)
  select (select count(*) from own where state <> all (?))::int
    + (select count(*) from running, ids where wake->>'id' = ids.id and wake->>'kind' not in ('end', 'drift'))::int
    + (select count(*) from pgboss.job, ids where name = 'wake' and state < 'completed'
        and data->>'id' = ids.id and data->>'kind' not in ('expire', 'end', 'drift'))::int
    + (select count(*) from slack_outbox, ids
        where key like '%' || ids.id || '%' and sent_revision is distinct from desired_revision and status <> 'failed')::int
    as count`;

/** How much of what was begun in a lane is not over. */
export async function leftIn(knex: Knex, lane: Lane): Promise<number> {
  const [found] = await rows(knex, z.object({ count: z.number() }), left, [isOf(lane), [...finalStates]]);
  return found?.count ?? 0;
}
