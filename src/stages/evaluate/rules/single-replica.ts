import { readinessInRollout, replacedPods } from '../impact.ts';
import { nothing, points, type Rule, sourceOf, workloadOf } from '../rule.ts';

/** Availability: one replica whose successor starts before it stops. Without that it is an outage (ready-pods). */
export const singleReplica: Rule = (input) => {
  const workload = workloadOf(input);
  if (workload === undefined || workload.desired !== 1 || replacedPods(input) === 0) return nothing;
  const { before, left } = readinessInRollout(input, workload);
  if (before === 0 || left === 0) return nothing;
  const sentence = `${input.name} has a single replica: nothing else serves if the new pod does not.`;
  const amount = input.policy.weights.availability.singleReplica;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.replicas'))];
};
