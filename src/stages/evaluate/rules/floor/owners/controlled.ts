import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/**
 * Floor: an operator writes this object from one of its own and puts back what it finds changed; a Job that it makes again
 * runs again.
 */
export const controlled: Rule = (input) => {
  const { owner } = input.facts;
  const { operator } = input.effect.drift;
  if (owner === undefined || operator === 'nothing') return nothing;
  const what = operator === 'made anew' ? 'make it again, and it runs again' : 'put the change back';
  const sentence = `${owner.kind}/${owner.name} controls this object and may ${what}.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.ownerReferences'))];
};
