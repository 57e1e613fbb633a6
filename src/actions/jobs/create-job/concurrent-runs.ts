import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import type { CronJobSubject } from '../../../domain/facts/facts.ts';
import { nothingFollows } from '../../no-effect.ts';
import { nameOf } from '../../obstacle.ts';
import { cronJobOf } from '../../subject.ts';

const policies = {
  Forbid: 'allows one run at a time (Forbid)',
  Replace: 'ends one run for the next (Replace)',
} as const;

/**
 * What a CronJob says about runs at the same time holds for those that its controller starts. It neither holds a run by
 * hand back nor counts it among the active ones (syncCronJob in cronjob_controllerv2.go: "UnexpectedJob").
 */
export function concurrentRuns(judged: Case<'create job'>): readonly Consequence[] {
  const cronJob = cronJobOf(judged);
  if (cronJob === undefined || cronJob.concurrencyPolicy === 'Allow') return nothingFollows;
  const policy = `${nameOf(judged.action.target)} ${policies[cronJob.concurrencyPolicy]}`;
  const running = runningOf(cronJob).map((name) => `Job/${name}`);
  const sentence =
    running.length === 0
      ? `${policy}, but its schedule does not wait for a run by hand.`
      : `${policy}, and ${running.join(', ')} ${running.length === 1 ? 'runs' : 'run'} now: this one would run beside.`;
  return [{ rule: 'concurrent-runs', asks: 'human', sentence, field: 'spec.concurrencyPolicy' }];
}

/** Runs by hand that are not over are no active ones either. */
function runningOf({ active, recent = [] }: CronJobSubject): string[] {
  const byHand = recent.filter(({ ended }) => ended === undefined).map(({ name }) => name);
  return [...new Set([...active, ...byHand])].toSorted();
}
