import type { Verb } from '../../../../domain/action.ts';
import { nothing, points, type Rule, sourceOf } from '../../rule.ts';

interface Words {
  readonly change: string;
  readonly field: string;
}

const usual: Words = { change: 'replaced.', field: 'spec.replicas' };
const words: Partial<Record<Verb, Words>> = {
  scale: { change: 'started or stopped.', field: 'spec.replicas' },
  autoscale: { change: 'started or stopped.', field: 'spec.replicas' },
  'delete pod': { change: 'replaced.', field: 'metadata.uid' },
  label: { change: 'taken out.', field: 'metadata.labels' },
  drain: { change: 'evicted.', field: 'pods' },
  taint: { change: 'taken off the node.', field: 'pods' },
  suspend: { change: 'stopped.', field: 'status.active' },
  'delete job': { change: 'stopped.', field: 'status.active' },
  resume: { change: 'started.', field: 'spec.parallelism' },
  'create job': { change: 'started.', field: 'spec.parallelism' },
};

/** Breadth: points for each doubling of the pods, log2(1 + pods). A healthy rolling restart stays `auto` outside production up to about 20 pods. */
export const breadth: Rule = (input) => {
  const { affected: pods } = input;
  if (pods === 0) return nothing;
  const { podsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(podsPerDoubling * Math.log2(1 + pods) * 10) / 10;
  const { change, field } = words[input.action.verb] ?? usual;
  const sentence = pods === 1 ? `1 pod is ${change}` : `${pods} pods are ${change}`;
  return [points('breadth', amount, sentence, sourceOf(input, field))];
};
