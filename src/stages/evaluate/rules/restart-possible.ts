import { block, nothing, type Rule, sourceOf, workloadOf } from '../rule.ts';

/** Block: a restart that Kubernetes would accept and that would restart nothing. */
export const restartPossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (input.action.verb !== 'rollout restart' || workload === undefined) return nothing;
  const name = input.name;
  const { paused, strategy, desired } = workload;
  if (paused) {
    return [
      block(
        `${name} is paused: a restart would do nothing. Resume it first.`,
        sourceOf(input, 'spec.paused'),
      ),
    ];
  }
  if (desired === 0) {
    return [block(`${name} has no replicas: there is nothing to restart.`, sourceOf(input, 'spec.replicas'))];
  }
  const source = sourceOf(input, 'spec.updateStrategy');
  if (strategy.type === 'OnDelete') {
    return [
      block(
        `${name} replaces pods only when they are deleted (OnDelete): a restart would do nothing.`,
        source,
      ),
    ];
  }
  if (strategy.type === 'RollingUpdate' && strategy.partition >= desired) {
    const sentence = `${name} updates pods from ordinal ${strategy.partition} on and has ${desired}: a restart would do nothing.`;
    return [block(sentence, source)];
  }
  return nothing;
};
