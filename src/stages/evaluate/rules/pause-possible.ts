import { block, nothing, type Rule, sourceOf, workloadOf } from '../rule.ts';

/** Block: pausing what is paused, resuming what is not. */
export const pausePossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (workload === undefined) return nothing;
  const source = sourceOf(input, 'spec.paused');
  if (input.action.verb === 'rollout pause' && workload.paused) {
    return [block(`${input.name} is already paused.`, source)];
  }
  if (input.action.verb === 'rollout resume' && !workload.paused) {
    return [block(`${input.name} is not paused.`, source)];
  }
  return nothing;
};
