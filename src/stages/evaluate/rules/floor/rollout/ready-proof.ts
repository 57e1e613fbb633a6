import { floor, nothing, type Rule, sourceOf, workloadOf } from '../../../rule.ts';

/**
 * Floor: a rollout goes on as soon as new pods are Ready, and here Ready proves nothing. Only where the first container,
 * which kubectl takes for the main one, is unproven: a log shipper beside it needs no probe.
 */
export const readyProof: Rule = (input) => {
  const workload = workloadOf(input);
  const unproven = workload?.unproven ?? [];
  if (workload === undefined || unproven.length === 0 || input.effect.pods.replaced === 0) return nothing;
  const main = workload.containers.find(({ init }) => !init);
  if (main === undefined || !unproven.includes(main.name)) return nothing;
  const [which, they] =
    unproven.length === 1
      ? [`the container ${unproven.join()} is`, 'it was']
      : [`the containers ${unproven.join(', ')} are`, 'they were'];
  const sentence = `Nothing checks whether ${which} ready (no readinessProbe, minReadySeconds 0): Ready says no more than that ${they} started.`;
  return [floor('human', sentence, sourceOf(input, 'spec.template.spec.containers'))];
};
