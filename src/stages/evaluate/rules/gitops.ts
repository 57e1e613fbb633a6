import { floor, nothing, type Rule, sourceOf } from '../rule.ts';

const managers = { 'argo-cd': 'Argo CD', flux: 'Flux', helm: 'Helm' } as const;

/**
 * Floor: what is written elsewhere will be put back. A restart and a deleted pod are not undone: neither the
 * restart annotation nor a pod is in the source.
 */
export const gitops: Rule = (input) => {
  const owner = input.facts.gitOps;
  const { verb } = input.action;
  if (owner === undefined || verb === 'rollout restart' || verb === 'delete pod') return nothing;
  const when = owner.manager === 'helm' ? 'the next upgrade of the release' : 'its next sync';
  const sentence = `${managers[owner.manager]} (${owner.name}) owns this object: ${when} may undo the change.`;
  return [floor('human', sentence, sourceOf(input, 'metadata'))];
};
