import type { CallResult } from '../../domain/plan.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { after } from '../../domain/text/time.ts';
import type { Sample, Verdict } from '../../domain/verdict.ts';
import type { SideEffect, Transition } from '../ports.ts';
import type { Proposal } from '../proposal.ts';
import { bump, earnedBy, judgedAs, logEnd, type Moment, proposing, reply } from './transitions.ts';

/* The moves of a remediation from the first write to its end. */

/** What had to wait, how far the plan has come, and when it last came further. */
interface Hold {
  readonly results: readonly CallResult[];
  readonly reason: string;
  readonly afterSeconds: number;
  readonly progressAt: string;
  /** Where it is a constraint that does not hold: since when. */
  readonly brokenAt?: string;
  /** Whether the next write was sent, or may have been: what came of it is asked for anew after the wait, or nevermore. */
  readonly inDoubt: boolean;
}

/**
 * executing -> executing: an eviction has to wait until a PodDisruptionBudget has something to spare, or a constraint does
 * not hold and is looked at once more.
 */
export function heldUp(
  row: RemediationIn<'executing'>,
  { results, reason, afterSeconds, progressAt, brokenAt, inDoubt }: Hold,
  { now }: Moment,
): Transition {
  const { brokenAt: _before, inDoubt: _inDoubt, ...rest } = row;
  return {
    event: 'held_up',
    next: {
      ...rest,
      ...(brokenAt === undefined ? {} : { brokenAt }),
      ...(inDoubt ? { inDoubt: true } : {}),
      results: [...results],
      heldUp: reason,
      progressAt,
      ...bump(row, now),
    },
    // The same reason again is no news.
    sideEffects: [
      ...(row.heldUp === reason && row.results?.length === results.length ? [] : [{ kind: 'card' } as const]),
      { kind: 'wake', afterSeconds },
    ],
  };
}

/** executing -> executing: one more call was answered, and others are to come. What held it up before does so no more. */
export function answered(
  row: RemediationIn<'executing'>,
  results: readonly CallResult[],
  { now }: Moment,
  told: readonly SideEffect[] = [],
): Transition {
  const { heldUp: before, brokenAt: _brokenAt, inDoubt: _inDoubt, ...rest } = row;
  return {
    event: 'answered',
    next: { ...rest, results: [...results], progressAt: now, ...bump(row, now) },
    sideEffects: [
      ...(before === undefined && told.length === 0 ? [] : [{ kind: 'card' } as const]),
      ...told,
      { kind: 'wake', afterSeconds: 0 },
    ],
  };
}

/** executing -> verifying: every call was accepted, or found done. */
export function executed(
  row: RemediationIn<'executing'>,
  results: readonly CallResult[],
  initialDelaySeconds: number,
  { now }: Moment,
): Transition {
  const { heldUp: _heldUp, progressAt: _progressAt, brokenAt: _brokenAt, inDoubt: _inDoubt, ...rest } = row;
  const lines = results.flatMap((result) => [
    `${result.sentence}${result.alreadyDone ? ' (found already done)' : ''}`,
    ...result.warnings.map((warning) => `Warning from the API server: ${warning}`),
  ]);
  return {
    event: 'verifying',
    next: {
      ...rest,
      results: [...results],
      ...bump(row, now),
      state: 'verifying',
      appliedAt: now,
      samples: [],
    },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'executed', { headline: 'Executed', body: lines.join('\n') }),
      { kind: 'wake', afterSeconds: initialDelaySeconds },
    ],
  };
}

/** verifying -> verifying: one more look; the next is due after `afterSeconds`. */
export function looked(
  row: RemediationIn<'verifying'>,
  samples: readonly Sample[],
  afterSeconds: number,
  { now }: Moment,
): Transition {
  return {
    event: 'looked',
    next: { ...row, samples: [...samples], ...bump(row, now) },
    sideEffects: [{ kind: 'wake', afterSeconds }],
  };
}

const verdictWords = {
  verified: 'Verified',
  not_verified: 'Not verified',
  inconclusive: 'Inconclusive',
} as const satisfies Record<Verdict['result'], string>;

/** verifying -> learning: the verdict, the lesson and the message about it are one commit. */
export function concluded(
  row: RemediationIn<'verifying'>,
  outcome: { verdict: Verdict; diagnosis?: string },
  { now, policy }: Moment,
): Transition {
  const { samples: _samples, ...rest } = row;
  const { verdict, diagnosis } = outcome;
  return {
    event: `verdict_${verdict.result}`,
    next: { ...rest, verdict, ...bump(row, now), state: 'learning' },
    sideEffects: [
      judgedAs(row, verdict, policy),
      reply(row, 'verdict', {
        headline: verdictWords[verdict.result],
        body: verdict.sentence,
        ...(diagnosis === undefined ? {} : { preformatted: diagnosis }),
        broadcast: verdict.result !== 'verified',
      }),
      { kind: 'wake', afterSeconds: 0 },
    ],
  };
}

/** Seconds until the first look for drift: whoever undoes a change by itself has done it by then. */
const firstDriftLook = 60;

const watched = (now: string, hours: number): SideEffect[] =>
  hours === 0 ? [] : [{ kind: 'watch', at: after(now, firstDriftLook), until: after(now, hours * 3600) }];

/** learning -> succeeded, failed or inconclusive; a change that did not work offers its rollbacks. */
export function learned(
  row: RemediationIn<'learning'>,
  rollbacks: readonly Proposal[],
  { now, policy }: Moment,
): Transition {
  const ended = { ...bump(row, now), endedAt: now };
  const { verdict } = row;
  switch (verdict.result) {
    case 'verified':
      return {
        event: 'succeeded',
        next: { ...row, ...ended, state: 'succeeded' },
        sideEffects: [
          { kind: 'card' },
          logEnd(row, 'succeeded', verdict.sentence),
          {
            kind: 'second look',
            at: after(now, policy.secondLookHours * 3600),
            environment: earnedBy(row, policy)?.environment,
          },
          ...watched(now, policy.driftHours),
        ],
      };
    case 'inconclusive':
      return {
        event: 'inconclusive',
        next: { ...row, ...ended, state: 'inconclusive' },
        sideEffects: [{ kind: 'card' }, logEnd(row, 'failed', `inconclusive: ${verdict.sentence}`)],
      };
    case 'not_verified':
      return {
        event: 'failed',
        next: { ...row, ...ended, state: 'failed', stage: 'verification', failure: verdict.sentence },
        sideEffects: [
          { kind: 'card' },
          logEnd(row, 'failed', 'not verified', verdict.sentence),
          ...proposing(rollbacks),
        ],
      };
  }
}
