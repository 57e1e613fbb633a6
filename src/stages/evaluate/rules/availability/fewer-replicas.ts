import { nothing, plural, points, type Rule, sourceOf } from '../../rule.ts';

/**
 * Availability: a HorizontalPodAutoscaler whose new limit is below what it has now scales down at once. It counts like the
 * same scale: the share that is lost, and an autoscaler always leaves at least one.
 */
export const fewerReplicas: Rule = (input) => {
  const { subject } = input.facts;
  const { size } = input.effect;
  if (size === undefined || subject.kind !== 'autoscaler' || size.to >= size.from) return nothing;
  const { from, to } = size;
  const { allButOutage } = input.policy.weights.availability;
  const amount = Math.round(((from - to) / from) * allButOutage * 10) / 10;
  const { kind, name } = subject.scales;
  const sentence = `${to} of ${plural(from, 'replica')} of ${kind}/${name} are left.`;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.maxReplicas'))];
};
