import { cronJobOf, floor, jobOf, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

/** Floor: what a run does, it does. Whether it may be done now, or twice, is a person's decision. */
export const runsAgain: Rule = (input) => {
  if (input.action.verb !== 'create job') return nothing;
  const source = sourceOf(input, input.action.target.kind === 'Job' ? 'spec.template' : 'spec.jobTemplate');
  const job = jobOf(input);
  if (job !== undefined) {
    const ended = job.ended === 'Complete' ? ', and it has completed' : '';
    return [
      floor('human', `It runs again: what ${input.name} has already done may be done twice${ended}.`, source),
    ];
  }
  const latest = cronJobOf(input)?.recent?.find(({ ended }) => ended !== undefined);
  const failed = latest?.ended === 'Failed' ? ` Its last run (Job/${latest.name}) has failed.` : '';
  return [floor('human', `It runs now, whatever the schedule says: what it does is done.${failed}`, source)];
};
