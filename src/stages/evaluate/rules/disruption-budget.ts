import { affectedPods, readinessOf } from '../impact.ts';
import { type Finding, floor, nothing, type Rule } from '../rule.ts';

/**
 * Floor: what the owners of a PodDisruptionBudget want is not kept. Only evictions ask it; a restart, a smaller number of
 * replicas and a deleted pod do not, so that somebody has to. More than one budget on a pod: every eviction is refused
 * (kubernetes.io, "Specifying a Disruption Budget").
 */
export const disruptionBudget: Rule = (input) => {
  const budgets = input.facts.neighbourhood?.budgets;
  if (budgets === undefined || budgets.length === 0 || affectedPods(input) === 0) return nothing;
  const readiness = readinessOf(input);
  const lost = readiness === undefined ? 0 : readiness.before - readiness.left;
  const found: Finding[] = [];
  for (const { name, healthy, desired, allowed } of budgets) {
    const source = `PodDisruptionBudget/${name}`;
    const state = `${healthy} healthy, ${desired} wanted`;
    if (allowed === 0) {
      found.push(floor('human', `${source} is spent (${state}), and this action does not ask it.`, source));
    } else if (lost > allowed) {
      const sentence = `${source} allows ${allowed} fewer (${state}); at the worst moment there are ${lost} fewer.`;
      found.push(floor('human', sentence, source));
    }
  }
  if (budgets.length > 1) {
    const names = budgets.map(({ name }) => `PodDisruptionBudget/${name}`).join(' and ');
    found.push(floor('human', `${names} cover the same pods: the API server refuses to evict them.`, names));
  }
  return found;
};
