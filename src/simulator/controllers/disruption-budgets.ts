import type { JsonObject } from '../json.ts';
import { namespaceOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { disruptionBudgets, pods } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';
import { at, isTrueAt, listAt, numberAt, objectAt, textAt, textsAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { withCondition } from './conditions.ts';
import { resolved } from './rolling-update.ts';
import { isActive, isReady } from './template.ts';

/** Counts what every PodDisruptionBudget still allows (kubernetes/pkg/controller/disruption). */
export function disruptionController(world: World): void {
  for (const budget of world.store.list(disruptionBudgets)) {
    const matched = world.store
      .list(pods, namespaceOf(budget))
      .filter((pod) => matchesSelector(at(budget, 'spec', 'selector'), textsAt(pod, 'metadata', 'labels')));
    const unscalable = unscalableOf(budget, matched);
    if (unscalable !== undefined) {
      failSafe(world, budget, unscalable);
      continue;
    }
    const expectedPods = matched.filter(isActive).length;
    const currentHealthy = matched.filter((pod) => isActive(pod) && isReady(pod)).length;
    const desiredHealthy = desired(budget, expectedPods);
    const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
    const condition =
      disruptionsAllowed > 0
        ? ({ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' } as const)
        : ({ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' } as const);
    const status = {
      conditions: withCondition(listAt(budget, 'status', 'conditions'), condition, timestamp(world.now())),
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed,
      observedGeneration: numberAt(budget, 'metadata', 'generation') ?? 1,
    };
    world.store.update(disruptionBudgets, { ...budget, status }, statusWriter);
  }
}

/** Controllers whose scale a share of the pods can be taken of. */
const scaled = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

/** What a budget is over that has no scale, where it wants a share of it (getExpectedScale in disruption.go). */
function unscalableOf(budget: JsonObject, matched: readonly JsonObject[]): string | undefined {
  const takesShare =
    at(budget, 'spec', 'maxUnavailable') !== undefined ||
    typeof at(budget, 'spec', 'minAvailable') === 'string';
  if (!takesShare) return undefined;
  const owners = matched.flatMap((pod) =>
    listAt(pod, 'metadata', 'ownerReferences').filter((each) => isTrueAt(each, 'controller')),
  );
  const owner = owners.find((each) => !scaled.has(textAt(each, 'kind') ?? ''));
  if (owner === undefined) return undefined;
  const [group = ''] = (textAt(owner, 'apiVersion') ?? '').split('/');
  return `${(textAt(owner, 'kind') ?? '').toLowerCase()}s.${group}`;
}

/** The numbers stay as they were: only that nothing may go is sure (failSafe in disruption.go). */
function failSafe(world: World, budget: JsonObject, resource: string): void {
  const old = objectAt(budget, 'status');
  const condition = {
    ...({ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed' } as const),
    message: `${resource} does not implement the scale subresource`,
  };
  const status = {
    ...{ currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    ...old,
    disruptionsAllowed: 0,
    conditions: withCondition(listAt(budget, 'status', 'conditions'), condition, timestamp(world.now())),
  };
  world.store.update(disruptionBudgets, { ...budget, status }, statusWriter);
}

/** Percentages round up, for what must stay as for what may go. */
function desired(budget: JsonObject, expected: number): number {
  const maxUnavailable = at(budget, 'spec', 'maxUnavailable');
  if (maxUnavailable !== undefined)
    return Math.max(0, expected - resolved(maxUnavailable, expected, Math.ceil));
  return resolved(at(budget, 'spec', 'minAvailable') ?? 1, expected, Math.ceil);
}
