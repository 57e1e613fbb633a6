import type { CronJobSubject } from '../../../domain/facts/facts.ts';
import { cronJobOf, floor, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

const policies = {
  Forbid: 'allows one run at a time (Forbid)',
  Replace: 'ends one run for the next (Replace)',
} as const;

/**
 * Floor: what a CronJob says about runs at the same time holds for those that its controller starts. It neither holds a run
 * by hand back nor counts it among the active ones (syncCronJob in cronjob_controllerv2.go: "UnexpectedJob").
 */
export const concurrentRuns: Rule = (input) => {
  const cronJob = cronJobOf(input);
  if (input.action.verb !== 'create job' || cronJob === undefined) return nothing;
  const { concurrencyPolicy } = cronJob;
  if (concurrencyPolicy === 'Allow') return nothing;
  const rule = `${input.name} ${policies[concurrencyPolicy]}`;
  const running = runningOf(cronJob).map((name) => `Job/${name}`);
  const sentence =
    running.length === 0
      ? `${rule}, but its schedule does not wait for a run by hand.`
      : `${rule}, and ${running.join(', ')} ${running.length === 1 ? 'runs' : 'run'} now: this one would run beside.`;
  return [floor('human', sentence, sourceOf(input, 'spec.concurrencyPolicy'))];
};

/** Runs by hand that are not over are no active ones either. */
function runningOf({ active, recent = [] }: CronJobSubject): string[] {
  const byHand = recent.filter(({ ended }) => ended === undefined).map(({ name }) => name);
  return [...new Set([...active, ...byHand])].toSorted();
}
