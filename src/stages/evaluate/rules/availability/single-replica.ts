import { nothing, points, type Rule, sourceOf, workloadOf } from '../../rule.ts';

/** Availability: one replica whose successor starts before it stops. Without that it is an outage (ready-pods). */
export const singleReplica: Rule = (input) => {
  const workload = workloadOf(input);
  const { readiness, pods } = input.effect;
  if (pods.replaced === 0) return nothing;
  if (workload === undefined || workload.desired !== 1 || readiness === undefined) return nothing;
  if (readiness.before === 0 || readiness.left === 0) return nothing;
  const sentence = `${input.name} has a single replica: nothing else serves if the new pod does not.`;
  const amount = input.policy.weights.availability.singleReplica;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.replicas'))];
};
