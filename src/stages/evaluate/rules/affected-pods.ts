import { nothing, points, type Rule, sourceOf } from '../rule.ts';

/** Breadth: points for each doubling of the pods, log2(1 + pods). A healthy rolling restart stays `auto` outside production up to about 20 pods. */
export const breadth: Rule = (input) => {
  const { affected: pods } = input;
  if (pods === 0) return nothing;
  const { podsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(podsPerDoubling * Math.log2(1 + pods) * 10) / 10;
  const change = input.action.verb === 'scale' ? 'started or stopped.' : 'replaced.';
  const field = input.action.verb === 'delete pod' ? 'metadata.uid' : 'spec.replicas';
  const sentence = pods === 1 ? `1 pod is ${change}` : `${pods} pods are ${change}`;
  return [points('breadth', amount, sentence, sourceOf(input, field))];
};
