import { floor, jobOf, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

/** Floor: a run of a CronJob that is deleted before its end is not repeated; only the next one comes. */
export const scheduledRun: Rule = (input) => {
  const job = jobOf(input);
  if (input.action.verb !== 'delete job' || job?.cronJob === undefined || job.ended !== undefined)
    return nothing;
  const sentence = `It is a run of CronJob/${job.cronJob}: it is not repeated, the next one comes on schedule.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.ownerReferences'))];
};
