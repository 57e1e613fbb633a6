import {
  cronJobOf,
  floor,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
} from '../../../stages/evaluate/rule.ts';

/** Schedules are written in minutes: since a run that is younger than one, none can have been missed. */
const finestSeconds = 60;

/**
 * Floor: a CronJob that is resumed makes up at once for the latest run that it missed, unless the starting deadline of
 * that one is over (kubernetes.io, "CronJob": schedule suspension; mostRecentScheduleTime in cronjob/utils.go). Whether one
 * was missed only the schedule says, and that is read by Kubernetes.
 */
export const missedRun: Rule = (input) => {
  const cronJob = cronJobOf(input);
  if (input.action.verb !== 'resume' || cronJob === undefined || noneMissed(input)) return nothing;
  const { lastScheduled, startingDeadlineSeconds: deadline, schedule } = cronJob;
  const since = lastScheduled === undefined ? 'it was made' : lastScheduled;
  const within = deadline === undefined ? '' : `, at most ${deadline} s ago`;
  const sentence = `It may start at once: the latest run of "${schedule}" starts if it was missed since ${since}${within}.`;
  return [floor('human', sentence, sourceOf(input, 'status.lastScheduleTime'))];
};

function noneMissed({ facts }: RuleInput): boolean {
  const last = facts.subject.kind === 'cronJob' ? facts.subject.lastScheduled : undefined;
  if (last === undefined) return false;
  const passed = (Date.parse(facts.gatheredAt) - Date.parse(last)) / 1000;
  return passed >= 0 && passed < finestSeconds;
}
