import { cronJobOf, floor, jobOf, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

/** Three looks at an interval of some seconds need about this long. */
const enoughSeconds = 60;

/** Floor: a Job that is removed as soon as it has ended. Nobody may see how, and a verdict needs to. */
export const shortLivedJob: Rule = (input) => {
  if (input.action.verb !== 'create job') return nothing;
  const { ttlSeconds } = jobOf(input) ?? cronJobOf(input) ?? {};
  if (ttlSeconds !== undefined && ttlSeconds < enoughSeconds) {
    const sentence = `The new Job is removed ${ttlSeconds} s after its end: how it ended may not be seen.`;
    return [floor('human', sentence, sourceOf(input, 'spec.ttlSecondsAfterFinished'))];
  }
  const kept = cronJobOf(input)?.kept;
  const forgotten = [
    ...(kept?.successful === 0 ? ['successful'] : []),
    ...(kept?.failed === 0 ? ['failed'] : []),
  ];
  if (forgotten.length === 0) return nothing;
  const sentence = `${input.name} keeps no ${forgotten.join(' and no ')} Jobs: how the new one ended may not be seen.`;
  return [floor('human', sentence, sourceOf(input, 'spec.successfulJobsHistoryLimit'))];
};
