import type { JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import { pods, replicaSets } from '../resources.ts';
import { at, listAt, numberAt, objectAt, textAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { record } from './events.ts';
import { deletePod, isTerminating, ownedBy } from './ownership.ts';
import { isSame, isSettled, settle } from './settled.ts';
import { createPod, isActive, isAvailable, isReady } from './template.ts';

/** Keeps as many pods as each ReplicaSet asks for (kubernetes/pkg/controller/replicaset). */
export function replicaSetController(world: World): void {
  for (const set of world.store.list(replicaSets)) {
    const owned = ownedBy(world, set, pods);
    if (isSettled(set, owned)) continue;
    const active = owned.filter(isActive);
    const difference = (numberAt(set, 'spec', 'replicas') ?? 1) - active.length;
    for (let missing = difference; missing > 0; missing -= 1)
      createPod(world, set, at(set, 'spec', 'template') ?? {}, {});
    for (const pod of expendable(active).slice(0, Math.max(0, -difference))) stop(world, set, pod);
    const next = writeStatus(world, set);
    if (next === set && isSame(owned, ownedBy(world, set, pods)) && !waits(world, set, active))
      settle(set, owned);
  }
}

/** Whether a pod becomes available by time alone. */
function waits(world: World, set: JsonObject, active: readonly JsonObject[]): boolean {
  return active.some((pod) => isReady(pod) && !isAvailable(world, pod, minReadySecondsOf(set)));
}

const minReadySecondsOf = (set: JsonObject): number => numberAt(set, 'spec', 'minReadySeconds') ?? 0;

/** Which pods go first: without a node, not ready, often restarted, young (ActivePodsWithRanks). */
function expendable(active: readonly JsonObject[]): JsonObject[] {
  const rank = (pod: JsonObject) => [
    textAt(pod, 'spec', 'nodeName') === undefined ? 0 : 1,
    isReady(pod) ? 1 : 0,
    -Math.max(
      0,
      ...listAt(pod, 'status', 'containerStatuses').map((each) => numberAt(each, 'restartCount') ?? 0),
    ),
    -Date.parse(textAt(pod, 'metadata', 'creationTimestamp') ?? ''),
  ];
  return [...active].sort((left, right) => compare(rank(left), rank(right)));
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function stop(world: World, set: JsonObject, pod: JsonObject): void {
  deletePod(world, pods, pod, undefined);
  const message = `Deleted pod: ${nameOf(pod)}`;
  record(world, set, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message,
    component: 'replicaset-controller',
  });
}

function writeStatus(world: World, set: JsonObject): JsonObject {
  const owned = ownedBy(world, set, pods);
  const active = owned.filter(isActive);
  const available = active.filter((pod) => isAvailable(world, pod, minReadySecondsOf(set)));
  const status = withoutZeroes({
    fullyLabeledReplicas: active.length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: available.length,
    observedGeneration: numberAt(set, 'metadata', 'generation') ?? 0,
  });
  const terminatingReplicas = owned.filter(isTerminating).length;
  const next = { ...objectAt(set), status: { replicas: active.length, ...status, terminatingReplicas } };
  return world.store.update(replicaSets, next, statusWriter);
}

/** Counts with `omitempty` in k8s.io/api are left out when they are zero. */
export function withoutZeroes(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
