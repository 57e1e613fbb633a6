import type { Reversal } from '../../../../../domain/effect.ts';
import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

const deeds = {
  'put back': 'put the change back',
  'made anew': 'make it again, and it runs again',
  'restarted again': "take the restart's annotation away, which replaces the pods again",
} as const satisfies Record<Exclude<Reversal, 'nothing'>, string>;

/**
 * Floor: an operator writes this object from one of its own and puts back what it finds changed; a Job that it makes again
 * runs again. Many compare the whole template, so that the annotation of a restart goes as well.
 */
export const controlled: Rule = (input) => {
  const { owner } = input.facts;
  const { operator } = input.effect.drift;
  if (owner === undefined || operator === 'nothing') return nothing;
  const { kind, name, apiVersion } = owner;
  const sentence = `${kind}/${name} (${apiVersion}) controls this object and may ${deeds[operator]}.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.ownerReferences'))];
};
