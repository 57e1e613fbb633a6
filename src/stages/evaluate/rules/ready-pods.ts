import { type Readiness, readinessInRollout, replacedPods } from '../impact.ts';
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
} from '../rule.ts';

/** Availability: how many of the pods that are ready now stay ready at the worst moment. */
export const readyPods: Rule = (input) => {
  if (input.action.verb === 'scale') return scaledDown(input, input.action.replicas);
  if (input.action.verb === 'delete pod') return deleted(input);
  const workload = workloadOf(input);
  if (workload === undefined || replacedPods(input) === 0) return nothing;
  const field = workload.strategy.type === 'Recreate' ? 'spec.strategy.type' : 'spec.strategy';
  const how = workload.strategy.type === 'Recreate' ? 'Recreate stops all pods before new ones start: ' : '';
  return loss(input, readinessInRollout(input, workload), how, field);
};

function scaledDown(input: RuleInput, replicas: number): readonly Finding[] {
  const workload = workloadOf(input);
  if (workload === undefined || replicas >= workload.desired) return nothing;
  const left = Math.min(workload.ready, replicas);
  return loss(input, { before: workload.ready, left }, '', 'spec.replicas');
}

function deleted(input: RuleInput): readonly Finding[] {
  const subject = podOf(input);
  if (subject?.controller === undefined) return nothing;
  const { pod, controller } = subject;
  const source = `${controller.kind}/${controller.name}: status.readyReplicas`;
  if (controller.ready === undefined) {
    const sentence = `It is not known how many other pods of ${controller.kind}/${controller.name} are ready.`;
    const { othersUnknown } = input.policy.weights.availability;
    return [points('availability', othersUnknown, sentence, source), floor('human', sentence, source)];
  }
  const left = Math.max(0, controller.ready - (pod.ready ? 1 : 0));
  return loss(input, { before: controller.ready, left }, '', 'status.conditions[Ready]');
}

function loss(input: RuleInput, { before, left }: Readiness, how: string, field: string): readonly Finding[] {
  const { outage, allButOutage, alreadyDown } = input.policy.weights.availability;
  const source = sourceOf(input, field);
  if (before === 0) {
    const sentence = `No pod of ${input.name} is ready now: there is nothing left to lose.`;
    return [points('availability', alreadyDown, sentence, source)];
  }
  if (left >= before) return nothing;
  const share = `${how}${left} of ${plural(before, 'ready pod')} left at the worst moment`;
  if (left === 0) return [points('availability', outage, `${share}: an outage.`, source)];
  const amount = Math.round(((before - left) / before) * allButOutage * 10) / 10;
  return [points('availability', amount, `${share}.`, source)];
}
