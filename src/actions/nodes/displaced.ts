import type { Departure, DrainFlags } from '../../domain/departure.ts';
import type { NodeBudget, NodePod, Trait } from '../../domain/facts/node.ts';

/** What becomes of a pod when its node is drained: it is evicted, it stays, or the drain is refused for its sake. */
export type PodDeleteStatus = 'evicted' | 'stays' | 'daemon' | 'orphan' | 'emptyDir' | 'bare';

export const has = ({ traits = [] }: NodePod, trait: Trait): boolean => traits.includes(trait);

/**
 * The filters of `kubectl drain` in their order (kubectl/pkg/drain/filters.go); the first that keeps a pod decides. A
 * pod that has ended can always go.
 */
export function podDeleteStatusOf(
  pod: NodePod,
  { ignoreDaemonSets, deleteEmptyDirData, force }: DrainFlags,
): PodDeleteStatus {
  const ended = has(pod, 'ended');
  if (!ended && has(pod, 'orphan') && !force) return 'orphan';
  if (!ended && has(pod, 'daemon')) return ignoreDaemonSets ? 'stays' : 'daemon';
  if (has(pod, 'mirror')) return 'stays';
  if (ended) return 'evicted';
  if (has(pod, 'emptyDir') && !deleteEmptyDirData) return 'emptyDir';
  return pod.owner === undefined && !force ? 'bare' : 'evicted';
}

/**
 * The pods that leave their node. A drain asks for each to be evicted; under a NoExecute taint those that do not tolerate
 * it for ever are deleted (taint-eviction-controller), and no budget is asked.
 */
export function leaving(departure: Departure, pods: readonly NodePod[]): readonly NodePod[] {
  return departure.by === 'eviction'
    ? pods.filter((pod) => podDeleteStatusOf(pod, departure) === 'evicted')
    : pods.filter((pod) => pod.tolerates !== 'for ever' && !has(pod, 'mirror'));
}

/** Those of them that still run: nobody misses the others. */
export function displaced(departure: Departure, pods: readonly NodePod[]): readonly NodePod[] {
  return leaving(departure, pods).filter((pod) => !has(pod, 'ended') && !has(pod, 'deleting'));
}

/** Those of them that have ended: they are removed too, and what they logged with them. */
export function endedIn(departure: Departure, pods: readonly NodePod[]): readonly NodePod[] {
  return leaving(departure, pods).filter((pod) => has(pod, 'ended') && !has(pod, 'deleting'));
}

/** Those of them that are on their way out already: nobody has to ask them, and the node is not empty before they are gone. */
export function endingIn(departure: Departure, pods: readonly NodePod[]): readonly NodePod[] {
  return leaving(departure, pods).filter((pod) => !has(pod, 'ended') && has(pod, 'deleting'));
}

/** How many pods of a budget may be evicted now; none under one that is stuck. */
export function allowanceOf({ healthy, desired, allowed, stuck }: NodeBudget): number {
  if (stuck !== undefined) return 0;
  return Math.max(0, Math.min(healthy - desired, allowed ?? Number.POSITIVE_INFINITY));
}

/** Whether a budget covers a pod. */
export function covers({ namespace, name }: NodeBudget, pod: NodePod): boolean {
  return pod.namespace === namespace && (pod.budgets ?? []).includes(name);
}

/**
 * Whether the eviction of a pod takes something from a budget. One that has not started never does; one that is not
 * ready does not while the others are healthy (canIgnorePDB and unhealthyPodEvictionPolicy in eviction.go).
 */
export function spends(pod: NodePod, { healthy, desired, alwaysUnready, stuck }: NodeBudget): boolean {
  if (has(pod, 'pending')) return false;
  if (stuck !== undefined) return pod.ready || alwaysUnready !== true;
  return pod.ready || !(alwaysUnready || (healthy >= desired && desired > 0));
}

/**
 * How many of these ready pods may be away at one moment. In a drain no more than their budget allows: the next has to
 * wait until another is ready elsewhere. A taint asks no budget.
 *
 * @param evicts whether they are evicted; else they are deleted
 */
export function awayAtOnce(
  evicts: boolean,
  pods: readonly NodePod[],
  budgets: readonly NodeBudget[],
): number {
  const ready = pods.filter((pod) => pod.ready);
  if (!evicts) return ready.length;
  const guarded = new Map<NodeBudget, number>();
  let free = 0;
  for (const pod of ready) {
    const budget = budgets.find((each) => covers(each, pod));
    if (budget === undefined) free += 1;
    else guarded.set(budget, (guarded.get(budget) ?? 0) + 1);
  }
  const held = [...guarded].map(([budget, count]) => Math.min(count, allowanceOf(budget)));
  return held.reduce((sum, count) => sum + count, free);
}

/**
 * How many ready pods an owner has on all nodes before these leave. They are counted among them even where its own number
 * says less: what a budget holds back would else be credited and not watched.
 *
 * @param ready what was counted for the owner
 * @param own its pods that leave
 */
export const readyBefore = (ready: number, own: readonly NodePod[]): number =>
  Math.max(ready, own.filter((pod) => pod.ready).length);

/** `Pod/web-0 in shop`: how sentences name a pod of a node. */
export const podName = ({ namespace, name }: NodePod): string => `Pod/${name} in ${namespace}`;
