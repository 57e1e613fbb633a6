import { block, nodeOf, nothing, type Rule, sourceOf } from '../../stages/evaluate/rule.ts';
import { closesNode } from './taints.ts';

/** Block: the last node that takes pods, and nodes that are already as asked. A cordoned node may still be drained. */
export const nodeSchedulable: Rule = (input) => {
  const node = nodeOf(input);
  const { action, name } = input;
  if (node === undefined) return nothing;
  const source = sourceOf(input, 'spec.unschedulable');
  if (action.verb === 'cordon' && node.unschedulable) return [block(`${name} is already cordoned.`, source)];
  if (action.verb === 'uncordon' && !node.unschedulable) return [block(`${name} is not cordoned.`, source)];
  if (!closesNode(action) || node.otherSchedulableNodes > 0) return nothing;
  return [
    block(
      node.unschedulable || !node.ready
        ? `No other node than ${name} could take pods.`
        : `${name} is the last node that can take pods.`,
      source,
    ),
  ];
};
