import { wantedReplicas } from '../../impact.ts';
import { nothing, plural, points, type Rule, sourceOf, workloadOf } from '../../rule.ts';

/** Availability: many new pods at once can crowd out their neighbours or run into a quota. */
export const growth: Rule = (input) => {
  const workload = workloadOf(input);
  const replicas = wantedReplicas(input);
  if (replicas === undefined || workload === undefined) return nothing;
  if (replicas <= workload.desired) return nothing;
  const times = replicas / Math.max(1, workload.desired);
  const { growthPerDoubling } = input.policy.weights.availability;
  const amount = Math.round(growthPerDoubling * Math.log2(times) * 10) / 10;
  const sentence = `Scaling from ${workload.desired} to ${plural(replicas, 'replica')} takes room from others on the same nodes.`;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.replicas'))];
};
