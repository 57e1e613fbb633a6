import { nodeOf, nothing, plural, points, type Rule, type RuleInput, sourceOf } from '../../rule.ts';

/** Availability: the share of schedulable nodes that a cordon, a drain or a taint takes away. */
export const spareCapacity: Rule = (input) => {
  const node = nodeOf(input);
  const change = input.effect.node;
  if (change?.closes !== true || node === undefined) return nothing;
  const { lastNode, nodeNotReady } = input.policy.weights.availability;
  const source = sourceOf(input, change.field);
  const others = plural(node.otherSchedulableNodes, 'other node');
  if (!node.ready || node.unschedulable) {
    const state = node.ready ? 'is cordoned' : 'is not ready';
    const sentence = `${input.name} ${state} and takes no pods anyway; ${others} can.`;
    return [points('availability', nodeNotReady, sentence, source)];
  }
  const amount = Math.round((lastNode / (node.otherSchedulableNodes + 1)) * 10) / 10;
  const sentence = `${others} can still take pods; ${podsToMove(input, node.pods)}.`;
  return [points('availability', amount, sentence, source)];
};

function podsToMove(input: RuleInput, pods: number): string {
  const going = input.effect.pods.moved.length;
  if (going === 0) return `the ${plural(pods, 'pod')} on this one stay`;
  return `${going} of the ${plural(pods, 'pod')} on this one must go there`;
}
