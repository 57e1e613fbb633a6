import { floor, nothing, plural, type Rule, sourceOf, workloadOf } from '../../../rule.ts';

/**
 * Floor: somebody else's change is on its way. Pausing or resuming it is what those commands are for; labels and
 * annotations of the object have nothing to do with it.
 */
export const runningRollout: Rule = (input) => {
  const workload = workloadOf(input);
  if (workload === undefined || input.effect.rollout !== 'competes') return nothing;
  const { generation } = input.facts.identity;
  if (!workload.rollingOut && workload.observedGeneration >= generation) return nothing;
  if (workload.observedGeneration < generation) {
    // What is counted is of the template before.
    const asked = `A rollout of ${input.name} has been asked for, and its controller has not begun it.`;
    return [floor('human', asked, sourceOf(input, 'status.observedGeneration'))];
  }
  const sentence = `A rollout of ${input.name} is running: ${workload.updated} of ${plural(workload.desired, 'pod')} ${workload.updated === 1 ? 'is' : 'are'} of the new revision.`;
  return [floor('human', sentence, sourceOf(input, 'status.updatedReplicas'))];
};
