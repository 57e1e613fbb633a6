import { nothing, points, type Rule, sourceOf } from '../../rule.ts';

/** Breadth: points for each doubling of the pods, log2(1 + pods). A healthy rolling restart stays `auto` outside production up to about 20 pods. */
export const breadth: Rule = (input) => {
  const { becomes, field } = input.effect.pods.affected;
  const pods = input.touched;
  if (pods === 0) return nothing;
  const { podsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(podsPerDoubling * Math.log2(1 + pods) * 10) / 10;
  const sentence = pods === 1 ? `1 pod is ${becomes}.` : `${pods} pods are ${becomes}.`;
  return [points('breadth', amount, sentence, sourceOf(input, field))];
};
