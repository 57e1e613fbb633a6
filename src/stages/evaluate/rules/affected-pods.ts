import { nothing, points, type Rule, type RuleInput, sourceOf } from '../rule.ts';

/** Breadth: points for each doubling of the pods, log2(1 + pods). A healthy rolling restart stays `auto` outside production up to about 20 pods. */
export const breadth: Rule = (input) => {
  const { affected: pods } = input;
  if (pods === 0) return nothing;
  const { podsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(podsPerDoubling * Math.log2(1 + pods) * 10) / 10;
  const [change, field] = whatHappens(input);
  const sentence = pods === 1 ? `1 pod is ${change}.` : `${pods} pods are ${change}.`;
  return [points('breadth', amount, sentence, sourceOf(input, field))];
};

/** What becomes of the pods, and the field that says how many they are. */
function whatHappens({ action: { verb } }: RuleInput): readonly [string, string] {
  switch (verb) {
    case 'scale':
      return ['started or stopped', 'spec.replicas'];
    case 'delete pod':
      return ['replaced', 'metadata.uid'];
    case 'drain':
      return ['evicted', 'pods'];
    case 'taint':
      return ['taken off the node', 'pods'];
    case 'suspend':
    case 'delete job':
      return ['stopped', 'status.active'];
    case 'resume':
    case 'create job':
      return ['started', 'spec.parallelism'];
    default:
      return ['replaced', 'spec.replicas'];
  }
}
