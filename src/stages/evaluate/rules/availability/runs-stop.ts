import { cronJobOf, nothing, points, type Rule, sourceOf } from '../../rule.ts';

/** Availability: what a suspended CronJob would have done is not done. */
export const runsStop: Rule = (input) => {
  const cronJob = cronJobOf(input);
  if (input.effect.run?.stopsSchedule !== true || cronJob === undefined) return nothing;
  const { schedule, timeZone, active } = cronJob;
  const zone = timeZone === undefined ? '' : ` (${timeZone})`;
  const going =
    active.length === 1 ? '; the one that runs now goes on' : `; the ${active.length} that run now go on`;
  const sentence = `No more runs at "${schedule}"${zone} until somebody resumes it${active.length === 0 ? '' : going}.`;
  const amount = input.policy.weights.availability.runsStop;
  return [points('availability', amount, sentence, sourceOf(input, 'spec.schedule'))];
};
