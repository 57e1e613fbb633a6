import type { Readiness } from '../../../../domain/effect.ts';
import {
  type Finding,
  floor,
  nothing,
  plural,
  podOf,
  points,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../rule.ts';

/** Availability: how many of the pods that are ready now stay ready at the worst moment. */
export const readyPods: Rule = (input) => {
  const { pods, readiness, size } = input.effect;
  if (input.facts.subject.kind === 'pod') return pods.deleted + pods.released > 0 ? taken(input) : nothing;
  const workload = workloadOf(input);
  if (workload === undefined || readiness === undefined) return nothing;
  if (size !== undefined) return loss(input, readiness, '', 'spec.replicas');
  return workload.strategy.type === 'Recreate'
    ? loss(input, readiness, 'Recreate stops all pods before new ones start: ', 'spec.strategy.type')
    : loss(input, readiness, '', 'spec.strategy');
};

function taken(input: RuleInput): readonly Finding[] {
  const subject = podOf(input);
  if (subject?.controller === undefined) return nothing;
  const { controller } = subject;
  const { readiness } = input.effect;
  if (readiness !== undefined) return loss(input, readiness, '', 'status.conditions[Ready]');
  const source = `${controller.kind}/${controller.name}: status.readyReplicas`;
  const sentence = `It is not known how many other pods of ${controller.kind}/${controller.name} are ready.`;
  const { othersUnknown, outage } = input.policy.weights.availability;
  const amount = Math.max(othersUnknown, outage);
  return [points('availability', amount, sentence, source), floor('human', sentence, source)];
}

function loss(input: RuleInput, { before, left }: Readiness, how: string, field: string): readonly Finding[] {
  const { outage, allButOutage, alreadyDown } = input.policy.weights.availability;
  if (left >= before && before > 0) return nothing;
  const source = sourceOf(input, field);
  if (before === 0) {
    const sentence = `No pod of ${input.name} is ready now: there is nothing left to lose.`;
    return [points('availability', alreadyDown, sentence, source)];
  }
  const share = `${how}${left} of ${plural(before, 'ready pod')} left at the worst moment`;
  if (left === 0) return [points('availability', outage, `${share}: an outage.`, source)];
  const amount = Math.round(((before - left) / before) * allButOutage * 10) / 10;
  return [points('availability', amount, `${share}.`, source)];
}
