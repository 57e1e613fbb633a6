import { changesOf } from '../../../../actions/fields/patch/patching.ts';
import { nothing, plural, points, type Rule, sourceOf } from '../../rule.ts';

/**
 * Availability: a HorizontalPodAutoscaler whose new limit is below what it has now scales down at once. It counts like the
 * same scale: the share that is lost, and an autoscaler always leaves at least one.
 */
export const fewerReplicas: Rule = (input) => {
  const { action, facts } = input;
  const { subject } = facts;
  if (action.verb !== 'patch' || subject.kind !== 'autoscaler') return nothing;
  const max = changesOf(action, facts).find(({ path }) => path === 'spec.maxReplicas')?.to;
  if (typeof max !== 'number' || max >= subject.current) return nothing;
  const { allButOutage } = input.policy.weights.availability;
  const amount = Math.round(((subject.current - max) / subject.current) * allButOutage * 10) / 10;
  const { kind, name } = subject.scales;
  const sentence = `${max} of ${plural(subject.current, 'replica')} of ${kind}/${name} are left.`;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.maxReplicas'))];
};
