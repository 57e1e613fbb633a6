import { block, cronJobOf, jobOf, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

/** Block: a name that is taken, a Job that has not ended, a source on its way out. */
export const createJobPossible: Rule = (input) => {
  const { action, name } = input;
  const job = jobOf(input);
  const source = job ?? cronJobOf(input);
  if (action.verb !== 'create job' || source === undefined) return nothing;
  if (source.nameTaken === true) {
    const { namespace } = action.target;
    return [
      block(`There is a Job/${action.job} in ${namespace} already.`, `Job/${action.job} in ${namespace}`),
    ];
  }
  if (source.deleting === true) {
    const sentence = `${name} is being deleted: what is made from it would go with it.`;
    return [block(sentence, sourceOf(input, 'metadata.deletionTimestamp'))];
  }
  if (job === undefined || job.ended !== undefined) return nothing;
  const state = job.suspended ? 'is suspended: resume it instead' : 'still runs: it would run twice at once';
  return [block(`${name} ${state}.`, sourceOf(input, 'status.conditions'))];
};
