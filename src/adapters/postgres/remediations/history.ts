import { z } from 'zod';
import { targetKey } from '../../../domain/action.ts';
import type { History, ObjectHistory, PastAction } from '../../../domain/circumstances.ts';
import { ownerKey, sizesOf } from '../../../domain/owner.ts';
import { membersOf, type Remediation } from '../../../domain/remediation.ts';
import { after } from '../../../domain/text/time.ts';
import type { RememberedObject } from '../../../workflow/records-port.ts';
import { type Db, rows, type Statement, timestamp } from '../sql.ts';

/** Seconds that are looked back: to what was done, and to how large it was. */
const day = 86_400;
const hour = 3600;

/** The newest actions that are told of an object; all of them are counted. */
const most = 10;

/** Notes what begins to be acted on, by each object and by its owner, and how large it is. Once for each remediation. */
export function notedBegun(next: Remediation): readonly Statement[] {
  // What a pull request brings is begun when the cluster has it.
  if (next.state !== 'executing' && next.state !== 'verifying') return [];
  const seen = new Map<string, ReturnType<typeof sizesOf>>();
  for (const member of membersOf(next)) {
    const sizes = sizesOf(member.facts);
    seen.set(ownerKey(next.cluster, member), sizes);
    seen.set(targetKey(next.cluster, member.action.target), sizes);
  }
  const lines = [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (lines.length === 0) return [];
  const sql = `insert into object_history (object_key, started_at, remediation_id, replicas, most_replicas)
      values ${lines.map(() => '(?, ?, ?, ?, ?)').join(', ')} on conflict do nothing`;
  const bindings = lines.flatMap(([key, { replicas, mostReplicas }]) => [
    key,
    next.startedAt,
    next.id,
    replicas ?? null,
    mostReplicas ?? null,
  ]);
  return [{ sql, bindings }];
}

const totals = z
  .object({
    object_key: z.string(),
    count: z.coerce.number(),
    replicas: z.number().nullable(),
    most_replicas: z.number().nullable(),
  })
  .transform(({ object_key: key, most_replicas: mostReplicas, ...rest }) => ({ key, mostReplicas, ...rest }));
type Totals = z.output<typeof totals>;

const begun = z
  .object({
    object_key: z.string(),
    remediation_id: z.uuid(),
    number: z.number(),
    verb: z.string(),
    started_at: timestamp,
    until: z.string().nullable(),
    outcome: z.enum(['verified', 'not verified', 'inconclusive', 'failed']).nullable(),
  })
  .transform(({ object_key: key, remediation_id: remediation, started_at: at, ...rest }) => ({
    key,
    remediation,
    at,
    ...rest,
  }));
type Begun = z.output<typeof begun>;

/** What was begun on objects and their owners; see Store.history. Each statement reads an index from its end. */
export async function findHistory(
  db: Db,
  objects: readonly RememberedObject[],
  now: string,
): Promise<History> {
  const keys = [...new Set(objects.flatMap(({ key, owner }) => [key, owner]))];
  const [sums, actions] = await Promise.all([sumsOf(db, keys, now), actionsOf(db, keys, now)]);
  const entries = objects.map(({ key, owner }) => {
    const own = new Set([key, owner]);
    return [
      key,
      objectHistory(
        key,
        sums.filter((each) => own.has(each.key)),
        actions.filter((each) => own.has(each.key)),
      ),
    ] as const;
  });
  return { at: now, objects: Object.fromEntries(entries) };
}

function sumsOf(db: Db, keys: readonly string[], now: string): Promise<Totals[]> {
  const sql = `select object_key, count(*) as count,
      min(replicas) filter (where started_at >= ?) as replicas,
      min(most_replicas) filter (where started_at >= ?) as most_replicas
    from object_history where object_key = any(?) and started_at >= ? group by object_key`;
  return rows(db, totals, sql, [after(now, -hour), after(now, -hour), [...keys], after(now, -day)]);
}

function actionsOf(db: Db, keys: readonly string[], now: string): Promise<Begun[]> {
  const sql = `select newest.object_key, newest.remediation_id, newest.started_at, number, verb,
      coalesce(data ->> 'appliedAt', data ->> 'endedAt') as until,
      case state when 'succeeded' then 'verified' when 'inconclusive' then 'inconclusive'
        when 'failed' then case when data -> 'verdict' is null then 'failed' else 'not verified' end end as outcome
    from unnest(?::text[]) as wanted (key)
    cross join lateral (
      select object_key, remediation_id, started_at from object_history
      where object_key = wanted.key and started_at >= ?
      order by started_at desc limit ${most}
    ) as newest
    join remediations on remediations.id = newest.remediation_id
    order by newest.started_at, number`;
  return rows(db, begun, sql, [[...keys], after(now, -day)]);
}

/** What was done to the object is among what was done to its owner, which counts more. */
function objectHistory(key: string, sums: readonly Totals[], actions: readonly Begun[]): ObjectHistory {
  const here = new Set(actions.filter((each) => each.key === key).map(({ remediation }) => remediation));
  const distinct = new Map(actions.map((each) => [each.remediation, each]));
  // Where all helped it says nothing, and a replica of an older version can go on with what was decided.
  const isTold = [...distinct.values()].some(({ outcome }) => outcome !== null && outcome !== 'verified');
  const replicas = least(sums.map((each) => each.replicas));
  const mostReplicas = least(sums.map((each) => each.mostReplicas));
  return {
    actions: [...distinct.values()].slice(-most).map(
      ({ remediation, number, verb, at, until, outcome }): PastAction => ({
        ...{ remediation, number, verb, at },
        ...(until === null ? {} : { until }),
        ...(outcome === null || !isTold ? {} : { outcome }),
        here: here.has(remediation),
      }),
    ),
    count: Math.max(distinct.size, ...sums.map(({ count }) => count)),
    ...(replicas === undefined ? {} : { replicas }),
    ...(mostReplicas === undefined ? {} : { mostReplicas }),
  };
}

function least(numbers: readonly (number | null)[]): number | undefined {
  const known = numbers.filter((each) => each !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}
