import type { WorkloadSubject } from '../../../domain/facts/facts.ts';

type Strategy = WorkloadSubject['strategy'];

interface Wanted {
  readonly type?: string | undefined;
  readonly rollingUpdate?:
    | {
        readonly maxUnavailable?: number | string | undefined;
        readonly maxSurge?: number | string | undefined;
        readonly partition: number;
      }
    | null
    | undefined;
}

/**
 * How a Deployment replaces its pods: a percentage of maxUnavailable is rounded down and one of maxSurge up, and
 * where both come to 0, one pod may be unavailable (ResolveFenceposts in
 * pkg/controller/deployment/util/deployment_util.go). Both are 25 % by default.
 */
export function deploymentStrategy(wanted: Wanted | null | undefined, replicas: number): Strategy {
  if (wanted?.type === 'Recreate') return { type: 'Recreate' };
  const maxSurge = resolve(wanted?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const maxUnavailable = resolve(wanted?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  return rolling(maxUnavailable, maxSurge, 0);
}

/**
 * One pod at a time from the highest ordinal down to `partition`; maxUnavailable is rounded down and at least 1
 * (getStatefulSetMaxUnavailable in pkg/controller/statefulset/stateful_set_utils.go).
 */
export function statefulSetStrategy(wanted: Wanted | null | undefined, replicas: number): Strategy {
  if (wanted?.type === 'OnDelete') return { type: 'OnDelete' };
  const { maxUnavailable = 1, partition = 0 } = wanted?.rollingUpdate ?? {};
  return rolling(resolve(maxUnavailable, replicas, Math.floor), 0, partition);
}

/**
 * One node at a time by default; both percentages are rounded up and not both 0 (UnavailableCount and SurgeCount
 * in pkg/controller/daemon/util/daemonset_util.go).
 */
export function daemonSetStrategy(wanted: Wanted | null | undefined, nodes: number): Strategy {
  if (wanted?.type === 'OnDelete') return { type: 'OnDelete' };
  const { maxUnavailable = 1, maxSurge = 0 } = wanted?.rollingUpdate ?? {};
  return rolling(resolve(maxUnavailable, nodes, Math.ceil), resolve(maxSurge, nodes, Math.ceil), 0);
}

function rolling(maxUnavailable: number, maxSurge: number, partition: number): Strategy {
  const stuck = maxUnavailable === 0 && maxSurge === 0;
  return { type: 'RollingUpdate', maxUnavailable: stuck ? 1 : maxUnavailable, maxSurge, partition };
}

function resolve(value: number | string, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(value, 10) * of) / 100);
}
