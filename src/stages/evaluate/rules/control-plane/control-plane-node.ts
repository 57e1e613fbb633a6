import { nodeOf, nothing, points, type Rule, sourceOf } from '../../rule.ts';

/** Control plane: a node that runs the cluster itself. Workloads there are held by protected-namespace. */
export const controlPlane: Rule = (input) => {
  const { node } = input.effect;
  if (node === undefined || nodeOf(input)?.controlPlane !== true) return nothing;
  const sentence = `${input.name} runs the control plane of the cluster.`;
  const { cordon, uncordon } = input.policy.weights.controlPlane;
  return [
    points('controlPlane', node.closes ? cordon : uncordon, sentence, sourceOf(input, 'metadata.labels')),
  ];
};
