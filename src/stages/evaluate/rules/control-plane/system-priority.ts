import { disturbedPods } from '../../disturbance.ts';
import { nothing, points, type Rule, sourceOf } from '../../rule.ts';

/** Control plane: pods that Kubernetes itself holds to be critical, for the cluster or for their node. */
export const systemPriority: Rule = (input) => {
  const name = input.facts.neighbourhood?.priorityClass;
  if (name !== 'system-cluster-critical' && name !== 'system-node-critical') return nothing;
  if (disturbedPods(input) === 0) return nothing;
  const what = name === 'system-node-critical' ? 'its node' : 'the cluster';
  const sentence = `The pods have the priority ${name}: ${what} depends on them.`;
  const amount = input.policy.weights.controlPlane.systemPriority;
  return [points('controlPlane', amount, sentence, sourceOf(input, 'spec.priorityClassName'))];
};
