import { floor, nothing, type Rule, sourceOf } from '../rule.ts';

/**
 * Floor: an operator writes this object from one of its own and puts back what it finds changed. A restart and a deleted
 * pod have done their work by then.
 */
export const controlled: Rule = (input) => {
  const { owner } = input.facts;
  const { verb } = input.action;
  if (owner === undefined || verb === 'rollout restart' || verb === 'delete pod') return nothing;
  const sentence = `${owner.kind}/${owner.name} controls this object and may put the change back.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.ownerReferences'))];
};
