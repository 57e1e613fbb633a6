import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/** What leaves nothing that an operator could put back: these have done their work by then. */
const done: readonly string[] = ['rollout restart', 'delete pod', 'create job'];

/**
 * Floor: an operator writes this object from one of its own and puts back what it finds changed; a Job that it makes again
 * runs again.
 */
export const controlled: Rule = (input) => {
  const { owner } = input.facts;
  const { verb } = input.action;
  if (owner === undefined || done.includes(verb)) return nothing;
  const what = verb === 'delete job' ? 'make it again, and it runs again' : 'put the change back';
  const sentence = `${owner.kind}/${owner.name} controls this object and may ${what}.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.ownerReferences'))];
};
