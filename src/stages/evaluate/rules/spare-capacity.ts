import { nodeOf, nothing, plural, points, type Rule, sourceOf } from '../rule.ts';

/** Availability: the share of schedulable nodes that a cordon takes away. Pods that run there stay. */
export const spareCapacity: Rule = (input) => {
  const node = nodeOf(input);
  if (input.action.verb !== 'cordon' || node === undefined) return nothing;
  const { lastNode, nodeNotReady } = input.policy.weights.availability;
  const source = sourceOf(input, 'spec.unschedulable');
  const others = plural(node.otherSchedulableNodes, 'other node');
  if (!node.ready) {
    const sentence = `${input.name} is not ready and takes no pods anyway; ${others} can.`;
    return [points('availability', nodeNotReady, sentence, source)];
  }
  const amount = Math.round((lastNode / (node.otherSchedulableNodes + 1)) * 10) / 10;
  const sentence = `${others} can still take pods; the ${plural(node.pods, 'pod')} on this one stay.`;
  return [points('availability', amount, sentence, source)];
};
