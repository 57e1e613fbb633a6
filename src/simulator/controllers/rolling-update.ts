import type { Json, JsonObject } from '../json.ts';
import { at } from '../tree.ts';

/** What a rolling update may do at most: pods above the wanted count, pods missing below it. */
export interface Bounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/**
 * A count, or a percentage of `total`: maxSurge rounds up, maxUnavailable down, and both zero would stand still,
 * so one may then be missing (pkg/controller/deployment/util, ResolveFenceposts).
 */
export function boundsOf(deployment: JsonObject, replicas: number): Bounds {
  const rolling = at(deployment, 'spec', 'strategy', 'rollingUpdate');
  const maxSurge = resolved(at(rolling, 'maxSurge'), replicas, Math.ceil);
  const maxUnavailable = Math.min(replicas, resolved(at(rolling, 'maxUnavailable'), replicas, Math.floor));
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

export function resolved(value: Json | undefined, total: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? 0 : round((Number(percent) * total) / 100);
}

/** One ReplicaSet of a rollout in numbers: what it asks for, what is there, what is available. */
export interface SetCount {
  readonly wanted: number;
  readonly available: number;
}

/** Replicas the new set should ask for now (deployment/util, NewRSNewReplicas). */
export function nextNewReplicas(
  replicas: number,
  bounds: Bounds,
  current: SetCount,
  old: readonly SetCount[],
): number {
  if (current.wanted >= replicas) return replicas;
  const total = current.wanted + sum(old, 'wanted');
  const room = replicas + bounds.maxSurge - total;
  return room <= 0 ? current.wanted : Math.min(replicas, current.wanted + room);
}

/**
 * Replicas each old set should ask for now (deployment/rolling.go): pods that do not work go first, then working
 * ones as far as minAvailable allows. Sets in order of age, oldest first.
 */
export function nextOldReplicas(
  replicas: number,
  bounds: Bounds,
  current: SetCount,
  old: readonly SetCount[],
): number[] {
  const minAvailable = replicas - bounds.maxUnavailable;
  const total = current.wanted + sum(old, 'wanted');
  let room = total - minAvailable - (current.wanted - current.available);
  if (room <= 0) return old.map(({ wanted }) => wanted);
  const afterUnhealthy = old.map(({ wanted, available }) => {
    const drop = Math.max(0, Math.min(room, wanted - available));
    room -= drop;
    return wanted - drop;
  });
  let spare = Math.max(0, current.available + sum(old, 'available') - minAvailable);
  return afterUnhealthy.map((wanted) => {
    const drop = Math.min(spare, wanted);
    spare -= drop;
    return wanted - drop;
  });
}

function sum(counts: readonly SetCount[], key: keyof SetCount): number {
  return counts.reduce((total, count) => total + count[key], 0);
}
