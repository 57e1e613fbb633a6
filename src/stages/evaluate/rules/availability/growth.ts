import { nothing, plural, points, type Rule, sourceOf, workloadOf } from '../../rule.ts';

/** Availability: many new pods at once can crowd out their neighbours or run into a quota. */
export const growth: Rule = (input) => {
  const workload = workloadOf(input);
  const { size } = input.effect;
  if (size === undefined || workload === undefined || size.to <= size.from) return nothing;
  const { from, to } = size;
  const times = to / Math.max(1, from);
  const { growthPerDoubling } = input.policy.weights.availability;
  const amount = Math.round(growthPerDoubling * Math.log2(times) * 10) / 10;
  const sentence = `Scaling from ${from} to ${plural(to, 'replica')} takes room from others on the same nodes.`;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.replicas'))];
};
