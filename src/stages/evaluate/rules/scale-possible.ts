import { block, nameOf, plural, type Rule, sourceOf, workloadOf } from '../rule.ts';

/** Block: a number that is live already, or a `--current-replicas` that is not. */
export const scalePossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (input.action.verb !== 'scale' || workload === undefined) return [];
  const { replicas, currentReplicas } = input.action;
  const source = sourceOf(input, 'spec.replicas');
  if (currentReplicas !== undefined && currentReplicas !== workload.desired) {
    return [
      block(
        `Expected ${nameOf(input)} to have ${plural(currentReplicas, 'replica')}, it has ${workload.desired}.`,
        source,
      ),
    ];
  }
  if (replicas === workload.desired) {
    return [block(`${nameOf(input)} already has ${plural(replicas, 'replica')}.`, source)];
  }
  return [];
};
