import { allowanceOf, covers, has, podName, spends } from '../../../../../actions/nodes/displaced.ts';
import { listed } from '../../../../../actions/sentence.ts';
import type { NodeBudget, NodePod } from '../../../../../domain/facts/node.ts';
import { type StuckBudget, stuckText } from '../../../../../domain/facts/stuck-budget.ts';
import { block, type Finding, floor, nodeOf, nothing, plural, type Rule } from '../../../rule.ts';

/**
 * Block and floor: what PodDisruptionBudgets say to the pods that leave a node. The dry run cannot know: it asks for each
 * eviction alone and answers yes to every one of them. A drain waits until another pod is ready elsewhere; a taint does
 * not ask at all.
 */
export const evictionBudgets: Rule = (input) => {
  const { node, pods: changed } = input.effect;
  const pods = changed.moved;
  const budgets = nodeOf(input)?.budgets ?? [];
  if (pods.length === 0) return nothing;
  const drained = node?.evicts === true;
  const judged = budgets.flatMap((budget) => (drained ? held(budget, pods) : ignored(budget, pods)));
  return drained ? [...refused(pods), ...judged] : judged;
};

/** The API server answers 500 to every eviction of a pod under two budgets (registry/core/pod/storage/eviction.go). */
function refused(pods: readonly NodePod[]): readonly Finding[] {
  const twice = pods.filter((pod) => (pod.budgets ?? []).length > 1 && !has(pod, 'pending'));
  const [first] = twice;
  if (first === undefined) return [];
  const names = (first.budgets ?? []).map((name) => `PodDisruptionBudget/${name}`).join(' and ');
  const sentence = `${listed(twice.map(podName))} ${twice.length === 1 ? 'is' : 'are'} covered by more than one budget (${names}): the API server would refuse to evict ${twice.length === 1 ? 'it' : 'them'} for ever.`;
  return [block(sentence, `${names} in ${first.namespace}`)];
}

function held(budget: NodeBudget, pods: readonly NodePod[]): readonly Finding[] {
  const asking = pods.filter((pod) => covers(budget, pod) && spends(pod, budget));
  const allowed = allowanceOf(budget);
  if (asking.length <= allowed) return [];
  const { source, state } = wordsOf(budget);
  if (budget.stuck !== undefined) return [stuckFinding(budget.stuck, source, asking)];
  if (allowed === 0 && budget.expected <= budget.desired) {
    const sentence = `${source} never allows an eviction (${budget.desired} of ${budget.expected} must stay healthy): the drain would wait for ever for ${listed(asking.map(podName))}.`;
    return [block(sentence, source)];
  }
  const here = `${plural(asking.length, 'pod')} of it ${asking.length === 1 ? 'has' : 'have'} to go`;
  const sentence =
    allowed === 0
      ? `${source} is spent (${state}) and ${here}: the drain waits until more are healthy.`
      : `${source} allows ${plural(allowed, 'eviction')} now (${state}) and ${here}: the drain waits for replacements in between.`;
  return [floor('human', sentence, source)];
}

/** Nothing that the drain could wait for mends a budget that cannot be worked out; the others are soon looked at. */
function stuckFinding(stuck: StuckBudget, source: string, asking: readonly NodePod[]): Finding {
  const sentence = `${source} allows no eviction: ${stuckText(stuck)}.`;
  const waits = `The drain would wait for ever for ${listed(asking.map(podName))}`;
  return stuck.why === 'sync failed'
    ? block(`${sentence} ${waits}; minAvailable as a number needs nothing to be worked out.`, source)
    : floor('human', `${sentence} The drain waits for that.`, source);
}

function ignored(budget: NodeBudget, pods: readonly NodePod[]): readonly Finding[] {
  const ready = pods.filter((pod) => covers(budget, pod) && pod.ready);
  const allowed = allowanceOf(budget);
  if (ready.length <= allowed) return [];
  const { source, state } = wordsOf(budget);
  if (budget.stuck !== undefined) {
    const sentence = `${source} allows no eviction: ${stuckText(budget.stuck)}. The taint takes ${ready.length} away at once and does not ask it.`;
    return [floor('dual', sentence, source)];
  }
  const sentence = `${source} allows ${plural(allowed, 'pod')} fewer (${state}); the taint takes ${ready.length} away at once and does not ask it.`;
  return [floor('dual', sentence, source)];
}

function wordsOf({ namespace, name, healthy, desired }: NodeBudget) {
  return {
    source: `PodDisruptionBudget/${name} in ${namespace}`,
    state: `${healthy} healthy, ${desired} wanted`,
  };
}
