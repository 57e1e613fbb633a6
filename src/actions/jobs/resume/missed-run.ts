import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { dayTime } from '../../../domain/text/clock-time.ts';
import { nothingFollows } from '../../no-effect.ts';
import { cronJobOf } from '../../subject.ts';

/** Schedules are written in minutes: since a run that is younger than one, none can have been missed. */
const finestSeconds = 60;

/**
 * A CronJob that is resumed makes up at once for the latest run that it missed, unless the starting deadline of that one
 * is over (kubernetes.io, "CronJob": schedule suspension; mostRecentScheduleTime in cronjob/utils.go). Whether one was
 * missed only the schedule says, and that is read by Kubernetes.
 */
export function missedRun(judged: Case<'resume'>): readonly Consequence[] {
  const cronJob = cronJobOf(judged);
  if (cronJob === undefined) return nothingFollows;
  const { lastScheduled, startingDeadlineSeconds: deadline, schedule } = cronJob;
  if (noneMissed(lastScheduled, judged.facts.gatheredAt)) return nothingFollows;
  const since = lastScheduled === undefined ? 'it was made' : dayTime(lastScheduled);
  const within = deadline === undefined ? '' : `, at most ${deadline} s ago`;
  const sentence = `It may start at once: the latest run of "${schedule}" starts if it was missed since ${since}${within}.`;
  return [{ rule: 'missed-run', asks: 'human', sentence, field: 'status.lastScheduleTime' }];
}

function noneMissed(last: string | undefined, now: string): boolean {
  if (last === undefined) return false;
  const passed = (Date.parse(now) - Date.parse(last)) / 1000;
  return passed >= 0 && passed < finestSeconds;
}
