import { podName } from '../../../../actions/nodes/displaced.ts';
import { listed } from '../../../../actions/sentence.ts';
import { protectionOf } from '../../../../domain/policy/policy.ts';
import { block, nothing, type Rule } from '../../rule.ts';

/**
 * Block: pods of protected namespaces that would leave the node, whoever approves. kubectl evicts them like any other.
 * Those of DaemonSets stay in a drain; under a taint that they do not tolerate they go for good.
 */
export const protectedPods: Rule = (input) => {
  const { pods, node } = input.effect;
  const held = pods.moved.filter((pod) => protectionOf(input.policy, pod.namespace) !== undefined);
  if (held.length === 0) return nothing;
  const verb = node?.evicts ? 'be evicted' : 'have to go';
  const namespaces = [...new Set(held.map(({ namespace }) => namespace))].toSorted().join(', ');
  const sentence = `${listed(held.map(podName))} would ${verb}, and ${namespaces} is protected (namespaces.unprotected of the policy can allow it).`;
  return [block(sentence, 'policy: namespaces')];
};
