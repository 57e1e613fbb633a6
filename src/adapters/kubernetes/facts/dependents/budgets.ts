import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { StuckBudget } from '../../../../domain/facts/stuck-budget.ts';
import { matches } from '../../../../domain/selector.ts';
import type { Budget, Own } from './objects.ts';
import { byName } from './selecting.ts';

/** Pods that a budget covers, counted by ourselves: those that are ready and not going, and all that are not going. */
interface Covered {
  readonly healthy: number;
  readonly living: number;
}

interface BudgetState {
  readonly healthy: number;
  /** How many must stay healthy. */
  readonly desired: number;
  /** How many there are when all are. */
  readonly expected: number;
  readonly allowed: number;
  readonly stuck?: StuckBudget;
}

/** PodDisruptionBudgets over the pods of a target. */
export function budgetsOver(budgets: readonly Budget[], labels: Own['labels']): Dependents['budgets'] {
  return budgets
    .filter(({ spec: { selector } }) => selector != null && matches(selector, labels))
    .map((budget) => {
      const { expected: _expected, ...state } = budgetState(budget);
      return { name: budget.metadata.name, ...state };
    })
    .toSorted(byName);
}

/**
 * What a budget allows. Evictions are granted by its status (pkg/registry/core/pod/storage/eviction.go), which its
 * controller works out; what we see ourselves can only make it fewer, because the status lags behind the pods.
 */
export function budgetState({ metadata, spec, status }: Budget, covered?: Covered): BudgetState {
  const stuck = stuckFor(metadata.generation, status);
  // What is not worked out is zero, or as it was before.
  const isSeen = status.observedGeneration > 0 || status.expectedPods > 0;
  const isWorkedOut = isSeen && (stuck === undefined || stuck.why === 'overfull');
  const expected = (isWorkedOut ? status.expectedPods : 0) || (covered?.living ?? status.expectedPods);
  const told = isWorkedOut || covered === undefined ? status.currentHealthy : covered.healthy;
  const healthy = Math.min(told, covered?.healthy ?? told);
  const desired = Math.max(mustStay(spec, expected), isWorkedOut ? status.desiredHealthy : 0);
  const left = Math.max(0, healthy - desired);
  const allowed = stuck === undefined ? Math.min(left, status.disruptionsAllowed ?? left) : 0;
  return {
    ...{ healthy, desired, expected, allowed: Math.max(0, allowed) },
    ...(stuck === undefined ? {} : { stuck }),
  };
}

/** MaxDisruptedPodSize in the same file. */
const mostDisrupted = 2000;

function stuckFor(generation: number, status: Budget['status']): StuckBudget | undefined {
  const condition = status.conditions.find(({ type }) => type === 'DisruptionAllowed');
  if (condition?.status === 'False' && condition.reason === 'SyncFailed')
    return { why: 'sync failed', message: condition.message ?? 'no reason given' };
  if (status.observedGeneration < generation) return { why: 'not looked at' };
  const { disruptionsAllowed, disruptedPods } = status;
  const isOverfull = (disruptionsAllowed ?? 0) < 0 || Object.keys(disruptedPods ?? {}).length > mostDisrupted;
  return isOverfull ? { why: 'overfull' } : undefined;
}

/**
 * How many of the pods a budget wants healthy. Percentages of both fields are rounded up (getExpectedPodCount in
 * pkg/controller/disruption/disruption.go).
 */
function mustStay({ minAvailable, maxUnavailable }: Budget['spec'], expected: number): number {
  if (maxUnavailable == null) return upTo(minAvailable ?? 0, expected);
  return Math.max(0, expected - upTo(maxUnavailable, expected));
}

function upTo(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100);
}
