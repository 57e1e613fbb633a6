import type { Dependents } from '../../../../../domain/facts/dependents.ts';
import { stuckText } from '../../../../../domain/facts/stuck-budget.ts';
import { disturbedPods } from '../../../disturbance.ts';
import { type Finding, floor, nothing, type Rule } from '../../../rule.ts';

type Budget = Dependents['budgets'][number];

/**
 * Floor: what the owners of a PodDisruptionBudget want is not kept. Only evictions ask it; a restart, a smaller number of
 * replicas and a deleted pod do not, so that somebody has to. More than one budget on a pod: every eviction is refused
 * (kubernetes.io, "Specifying a Disruption Budget").
 */
export const disruptionBudget: Rule = (input) => {
  const budgets = input.facts.neighbourhood?.budgets;
  if (budgets === undefined || budgets.length === 0 || disturbedPods(input) === 0) return nothing;
  const { readiness } = input.effect;
  const lost = readiness === undefined ? 0 : readiness.before - readiness.left;
  const found: Finding[] = [];
  for (const budget of budgets) {
    if (budget.allowed === 0 || lost > budget.allowed) found.push(spent(budget, lost));
  }
  if (budgets.length > 1) {
    const names = budgets.map(({ name }) => `PodDisruptionBudget/${name}`).join(' and ');
    found.push(floor('human', `${names} cover the same pods: the API server refuses to evict them.`, names));
  }
  return found;
};

function spent({ name, healthy, desired, allowed, stuck }: Budget, lost: number): Finding {
  const source = `PodDisruptionBudget/${name}`;
  if (stuck !== undefined) {
    const sentence = `${source} allows no eviction: ${stuckText(stuck)}. This action does not ask it.`;
    return floor('human', sentence, source);
  }
  const state = `${healthy} healthy, ${desired} wanted`;
  const sentence =
    allowed === 0
      ? `${source} is spent (${state}), and this action does not ask it.`
      : `${source} allows ${allowed} fewer (${state}); at the worst moment there are ${lost} fewer.`;
  return floor('human', sentence, source);
}
