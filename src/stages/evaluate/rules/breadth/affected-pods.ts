import { growingReplicas } from '../../growing.ts';
import { nothing, points, type Rule, type RuleInput, sourceOf } from '../../rule.ts';

/** Breadth: points for each doubling of the pods, log2(1 + pods). A healthy rolling restart stays `auto` outside production up to about 20 pods. */
export const breadth: Rule = (input) => {
  const { becomes, field } = input.effect.pods.affected;
  const pods = input.touched;
  if (pods === 0) return nothing;
  const all = Math.max(pods, startedInHour(input));
  const { podsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(podsPerDoubling * Math.log2(1 + all) * 10) / 10;
  const together = all > pods ? `, ${all} within the hour` : '';
  const sentence = pods === 1 ? `1 pod is ${becomes}${together}.` : `${pods} pods are ${becomes}${together}.`;
  return [points('breadth', amount, sentence, sourceOf(input, field))];
};

/** Steps that follow each other are as broad as the one that would have done the same. */
function startedInHour(input: RuleInput): number {
  const growing = growingReplicas(input);
  return growing === undefined ? 0 : growing.to - growing.base;
}
