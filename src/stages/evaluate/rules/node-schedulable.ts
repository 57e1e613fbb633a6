import { block, nodeOf, nothing, type Rule, sourceOf } from '../rule.ts';

/** Block: the last node that takes pods, and nodes that are already as asked. */
export const nodeSchedulable: Rule = (input) => {
  const node = nodeOf(input);
  const { verb } = input.action;
  if (node === undefined) return nothing;
  const name = input.name;
  const source = sourceOf(input, 'spec.unschedulable');
  if (verb === 'cordon' && node.unschedulable) return [block(`${name} is already cordoned.`, source)];
  if (verb === 'uncordon' && !node.unschedulable) return [block(`${name} is not cordoned.`, source)];
  return verb === 'cordon' && node.otherSchedulableNodes === 0
    ? [block(`${name} is the last node that can take pods.`, source)]
    : nothing;
};
