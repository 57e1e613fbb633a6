import { type Growing, growingLimit, growingReplicas, lessBefore, timesOf } from '../../growing.ts';
import { type Finding, nothing, plural, points, type Rule, type RuleInput, sourceOf } from '../../rule.ts';

/**
 * Availability: many new pods at once can crowd out their neighbours or run into a quota. All steps of an hour count
 * together, and a limit that is raised counts like the pods that may come of it.
 */
export const growth: Rule = (input) => {
  const { size, most } = input.effect;
  if (size === undefined && most === undefined) return nothing;
  const [replicas, limit] = [growingReplicas(input), growingLimit(input)];
  const found: Finding[] = [];
  if (replicas !== undefined) {
    const { live, to } = replicas;
    const sentence = `Scaling from ${live}${lessBefore(replicas)} to ${plural(to, 'replica')} takes room from others on the same nodes.`;
    found.push(points('availability', amountOf(input, replicas), sentence, sourceOf(input, 'spec.replicas')));
  }
  if (limit !== undefined && most !== undefined) {
    const { live, to } = limit;
    const sentence = `There may be ${plural(to, 'pod')} from now on without anybody being asked, instead of ${live}${lessBefore(limit)}.`;
    found.push(points('availability', amountOf(input, limit), sentence, sourceOf(input, most.field)));
  }
  return found;
};

function amountOf({ policy }: RuleInput, growing: Growing): number {
  const { growthPerDoubling } = policy.weights.availability;
  return Math.round(growthPerDoubling * Math.log2(timesOf(growing)) * 10) / 10;
}
