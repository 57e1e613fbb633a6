import { block, jobOf, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

/** Block: a Job that is on its way out. */
export const deleteJobPossible: Rule = (input) => {
  if (input.action.verb !== 'delete job' || jobOf(input)?.deleting !== true) return nothing;
  return [block(`${input.name} is being deleted already.`, sourceOf(input, 'metadata.deletionTimestamp'))];
};
