import type { JsonObject } from '../json.ts';
import { disruptionBudgets, pods } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';
import { at, numberAt, textsAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { namespaceOf } from './ownership.ts';
import { resolved } from './rolling-update.ts';
import { isActive, isReady } from './template.ts';

/** Counts what every PodDisruptionBudget still allows (kubernetes/pkg/controller/disruption). */
export function disruptionController(world: World): void {
  for (const budget of world.store.list(disruptionBudgets)) {
    const matched = world.store
      .list(pods, namespaceOf(budget))
      .filter((pod) => matchesSelector(at(budget, 'spec', 'selector'), textsAt(pod, 'metadata', 'labels')));
    const expectedPods = matched.filter(isActive).length;
    const currentHealthy = matched.filter((pod) => isActive(pod) && isReady(pod)).length;
    const desiredHealthy = desired(budget, expectedPods);
    const status = {
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
      observedGeneration: numberAt(budget, 'metadata', 'generation') ?? 1,
    };
    world.store.update(disruptionBudgets, { ...budget, status }, statusWriter);
  }
}

/** Percentages round up, for what must stay as for what may go. */
function desired(budget: JsonObject, expected: number): number {
  const maxUnavailable = at(budget, 'spec', 'maxUnavailable');
  if (maxUnavailable !== undefined)
    return Math.max(0, expected - resolved(maxUnavailable, expected, Math.ceil));
  return resolved(at(budget, 'spec', 'minAvailable') ?? 1, expected, Math.ceil);
}
