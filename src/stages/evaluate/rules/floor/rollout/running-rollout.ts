import type { Verb } from '../../../../../domain/action.ts';
import { floor, nothing, type Rule, sourceOf, workloadOf } from '../../../rule.ts';

const unconcerned: readonly Verb[] = ['rollout pause', 'rollout resume', 'label', 'annotate'];

/**
 * Floor: somebody else's change is on its way. Pausing or resuming it is what those commands are for; labels and
 * annotations of the object itself do not meet it.
 */
export const runningRollout: Rule = (input) => {
  const { verb } = input.action;
  const workload = workloadOf(input);
  if (workload === undefined || unconcerned.includes(verb)) return nothing;
  const { generation } = input.facts.identity;
  if (!workload.rollingOut && workload.observedGeneration >= generation) return nothing;
  const sentence = `A rollout of ${input.name} is running: ${workload.updated} of ${workload.desired} pods are of the new revision.`;
  return [floor('human', sentence, sourceOf(input, 'status.updatedReplicas'))];
};
