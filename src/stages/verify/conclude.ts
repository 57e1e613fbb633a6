import { kindOf } from '../../actions/action-kinds.ts';
import type { Request } from '../../domain/action.ts';
import type { VerificationPlan } from '../../domain/policy/policy.ts';
import { after, secondsBetween } from '../../domain/text/time.ts';
import type { Sample, Verdict } from '../../domain/verdict.ts';

interface Watch {
  readonly plan: VerificationPlan;
  readonly samples: readonly Sample[];
  readonly appliedAt: string;
  readonly now: string;
}

export type Conclusion =
  | { readonly kind: 'continue'; readonly afterSeconds: number }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

/**
 * Makes a verdict of samples, three-valued after argo-rollouts (analysis/analysis.go): enough good ones in a row
 * verify; bad ones are counted over the whole watch, because a crash does not heal by a lucky check; errors count in
 * a row and say nothing about the change; a constraint that does not hold counts in a row too, as often as bad ones. At the deadline a change that was seen to fail has failed, anything else
 * is inconclusive: missing data is never success.
 */
export function conclude(watch: Watch): Conclusion {
  const { plan, samples } = watch;
  const last = samples.at(-1);
  if (trailing(samples, 'good') >= plan.goodSamples) return verdict(watch, 'verified', last?.sentence ?? '');
  const broken = trailingBroken(samples);
  if (last?.broken !== undefined && broken >= plan.badSamples)
    return verdict(watch, 'not_verified', brokenText(last.broken));
  const failures = samples.filter(({ grade }) => grade === 'bad');
  const worst = failures.at(-1);
  if (worst !== undefined && failures.length >= plan.badSamples) {
    return verdict(watch, 'not_verified', worst.sentence);
  }
  const errors = trailing(samples, 'error');
  if (errors >= plan.errorSamples) {
    const sentence = `Nothing could be seen ${errors} times in a row: ${last?.sentence ?? ''}`;
    return verdict(watch, 'inconclusive', sentence);
  }
  return beforeDeadline(watch) ?? atDeadline(watch, worst);
}

/** Only in a row: while pods are replaced, one check may find one fewer than the next. */
function trailingBroken(samples: readonly Sample[]): number {
  return samples.length - 1 - samples.findLastIndex(({ broken }) => broken === undefined);
}

/** Of a constraint that does not hold, as a verdict says it. */
export const brokenText = (broken: string): string => `A condition does not hold any more: ${broken}`;

function trailing(samples: readonly Sample[], grade: Sample['grade']): number {
  return samples.length - 1 - samples.findLastIndex((sample) => sample.grade !== grade);
}

/** When to check next: after the initial delay, then each interval, and once more at the deadline itself. */
function beforeDeadline({ plan, samples, appliedAt, now }: Watch): Conclusion | undefined {
  const left = secondsBetween(now, after(appliedAt, plan.deadlineSeconds));
  if (left <= 0) return undefined;
  const delay = secondsBetween(now, after(appliedAt, plan.initialDelaySeconds));
  const wait = samples.length === 0 ? Math.max(0, delay) : plan.intervalSeconds;
  return { kind: 'continue', afterSeconds: Math.ceil(Math.min(wait, left)) };
}

function atDeadline(watch: Watch, worst: Sample | undefined): Conclusion {
  const time = duration(watch.plan.deadlineSeconds);
  if (worst !== undefined)
    return verdict(watch, 'not_verified', `Not finished after ${time}: ${worst.sentence}`);
  const last = watch.samples.at(-1);
  if (last?.broken !== undefined) return verdict(watch, 'not_verified', brokenText(last.broken));
  const state = last === undefined ? 'it was never checked.' : last.sentence;
  return verdict(watch, 'inconclusive', `Not finished after ${time}: ${state}`);
}

function verdict({ samples, now }: Watch, result: Verdict['result'], sentence: string): Conclusion {
  return { kind: 'verdict', verdict: { result, sentence, decidedAt: now, samples: [...samples] } };
}

/** What will be looked at and how it is judged, for the card, before anybody approves. */
export function planText(plan: VerificationPlan, asked: Request): string {
  const seen = kindOf(asked.verb).verification(asked);
  const checks = `First check after ${duration(plan.initialDelaySeconds)}, then every ${duration(plan.intervalSeconds)}`;
  const good = `verified after ${times(plan.goodSamples, 'good check')} in a row (${seen})`;
  const bad = `not verified after ${times(plan.badSamples, 'bad check')}`;
  const end = `inconclusive after ${times(plan.errorSamples, 'check')} in a row without an answer or after ${duration(plan.deadlineSeconds)}`;
  return `${checks}: ${good}, ${bad}, ${end}.`;
}

function times(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function duration(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
