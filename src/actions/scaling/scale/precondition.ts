import { block, nothing, plural, type Rule, sourceOf, workloadOf } from '../../../stages/evaluate/rule.ts';

/** Block: a number that is live already, or a `--current-replicas` that is not. */
export const scalePossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (input.action.verb !== 'scale' || workload === undefined) return nothing;
  const { replicas, currentReplicas } = input.action;
  const source = sourceOf(input, 'spec.replicas');
  if (currentReplicas !== undefined && currentReplicas !== workload.desired) {
    return [
      block(
        `Expected ${input.name} to have ${plural(currentReplicas, 'replica')}, it has ${workload.desired}.`,
        source,
      ),
    ];
  }
  if (replicas === workload.desired) {
    return [block(`${input.name} already has ${plural(replicas, 'replica')}.`, source)];
  }
  return nothing;
};
