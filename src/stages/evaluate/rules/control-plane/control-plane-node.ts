import { closesNode } from '../../../../actions/nodes/taints.ts';
import { nodeOf, nothing, points, type Rule, sourceOf } from '../../rule.ts';

/** Control plane: a node that runs the cluster itself. Workloads there are held by protected-namespace. */
export const controlPlane: Rule = (input) => {
  if (nodeOf(input)?.controlPlane !== true) return nothing;
  const sentence = `${input.name} runs the control plane of the cluster.`;
  const { cordon, uncordon } = input.policy.weights.controlPlane;
  const amount = closesNode(input.action) ? cordon : uncordon;
  return [points('controlPlane', amount, sentence, sourceOf(input, 'metadata.labels'))];
};
