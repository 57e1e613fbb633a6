import type { Action, ActionOf } from '../../domain/action.ts';
import type { NodeBudget, Tenant, Trait } from '../../domain/facts/node.ts';
import { evictingTaints } from './taints.ts';

/** What a drain may take away besides the usual. */
export type DrainFlags = Pick<ActionOf<'drain'>, 'ignoreDaemonSets' | 'deleteEmptyDirData' | 'force'>;

/** What becomes of a pod when its node is drained: it is evicted, it stays, or the drain is refused for its sake. */
export type Fate = 'evicted' | 'stays' | 'daemon' | 'orphan' | 'emptyDir' | 'bare';

export const has = ({ traits = [] }: Tenant, trait: Trait): boolean => traits.includes(trait);

/**
 * The filters of `kubectl drain` in their order (kubectl/pkg/drain/filters.go); the first that keeps a pod decides. A
 * pod that has ended can always go.
 */
export function fateOf(tenant: Tenant, { ignoreDaemonSets, deleteEmptyDirData, force }: DrainFlags): Fate {
  const ended = has(tenant, 'ended');
  if (!ended && has(tenant, 'orphan') && !force) return 'orphan';
  if (!ended && has(tenant, 'daemon')) return ignoreDaemonSets ? 'stays' : 'daemon';
  if (has(tenant, 'mirror')) return 'stays';
  if (ended) return 'evicted';
  if (has(tenant, 'emptyDir') && !deleteEmptyDirData) return 'emptyDir';
  return tenant.owner === undefined && !force ? 'bare' : 'evicted';
}

/** Whether an action takes pods off a node. */
export function movesPods(action: Action): boolean {
  return action.verb === 'drain' || evictingTaints(action).length > 0;
}

/** The labels of a node that an action writes. */
export function nodeLabels(action: Action): readonly string[] {
  if (action.verb !== 'label' || action.target.kind !== 'Node') return [];
  return [...action.set.map(({ key }) => key), ...action.remove];
}

/** The pods that a drain asks to be evicted. */
export function leavingInDrain(tenants: readonly Tenant[], flags: DrainFlags): readonly Tenant[] {
  return tenants.filter((tenant) => fateOf(tenant, flags) === 'evicted');
}

/**
 * Under a NoExecute taint those that do not tolerate it for ever are deleted (taint-eviction-controller), and no budget
 * is asked.
 */
export function leavingUnderTaints(tenants: readonly Tenant[]): readonly Tenant[] {
  return tenants.filter((tenant) => tenant.tolerates !== 'for ever' && !has(tenant, 'mirror'));
}

/** Those of them that still run: nobody misses the others. */
export function stillRunning(leaving: readonly Tenant[]): readonly Tenant[] {
  return leaving.filter((tenant) => !has(tenant, 'ended') && !has(tenant, 'deleting'));
}

/** The pods that leave their node because of the action. */
export function leaving(action: Action, tenants: readonly Tenant[]): readonly Tenant[] {
  if (action.verb === 'drain') return leavingInDrain(tenants, action);
  return evictingTaints(action).length === 0 ? [] : leavingUnderTaints(tenants);
}

/** The running pods that leave their node because of the action. */
export function displaced(action: Action, tenants: readonly Tenant[]): readonly Tenant[] {
  return stillRunning(leaving(action, tenants));
}

export const allowanceOf = ({ healthy, desired }: NodeBudget): number => Math.max(0, healthy - desired);

/** Whether a budget covers a pod. */
export function covers({ namespace, name }: NodeBudget, tenant: Tenant): boolean {
  return tenant.namespace === namespace && (tenant.budgets ?? []).includes(name);
}

/**
 * Whether the eviction of a pod takes something from a budget. One that has not started never does; one that is not
 * ready does not while the others are healthy (canIgnorePDB and unhealthyPodEvictionPolicy in eviction.go).
 */
export function spends(tenant: Tenant, { healthy, desired, alwaysUnready }: NodeBudget): boolean {
  if (has(tenant, 'pending')) return false;
  return tenant.ready || !(alwaysUnready || (healthy >= desired && desired > 0));
}

/**
 * How many of these ready pods may be away at one moment. In a drain no more than their budget allows: the next has to
 * wait until another is ready elsewhere. A taint asks no budget.
 *
 * @param by the action, or whether it evicts the pods that leave
 */
export function awayAtOnce(
  by: Action | boolean,
  tenants: readonly Tenant[],
  budgets: readonly NodeBudget[],
): number {
  const ready = tenants.filter((tenant) => tenant.ready);
  const evicts = typeof by === 'boolean' ? by : by.verb === 'drain';
  if (!evicts) return ready.length;
  const guarded = new Map<NodeBudget, number>();
  let free = 0;
  for (const tenant of ready) {
    const budget = budgets.find((each) => covers(each, tenant));
    if (budget === undefined) free += 1;
    else guarded.set(budget, (guarded.get(budget) ?? 0) + 1);
  }
  const held = [...guarded].map(([budget, pods]) => Math.min(pods, allowanceOf(budget)));
  return held.reduce((sum, pods) => sum + pods, free);
}

/** `Pod/web-0 in shop`: how sentences name a pod of a node. */
export const podName = ({ namespace, name }: Tenant): string => `Pod/${name} in ${namespace}`;
