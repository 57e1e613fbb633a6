import type { PullRequest } from '../../domain/manifest/git-change.ts';
import { requestName, wordFor } from '../../domain/manifest/request-name.ts';
import type { CallResult } from '../../domain/plan.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { bump, logEnd, type Moment, reply } from '../lifecycle/transitions.ts';
import type { Transition } from '../ports.ts';
import type { Rebased } from './rebase.ts';

/* The moves of a remediation that is carried out by a pull request, from the gate to the first look at what came of it. */

type Open = RemediationIn<'pr_open'>;
type Step<S extends PullRequest['step']> = Extract<PullRequest, { step: S }>;

/** approved -> pr_open: the gate was passed, and what follows is written into the repository instead of the cluster. */
export function intoRepository(cleared: Transition): Transition {
  const { next } = cleared;
  if (next.state !== 'executing') return cleared;
  const {
    results: _results,
    heldUp: _heldUp,
    progressAt: _progressAt,
    brokenAt: _brokenAt,
    inDoubt: _inDoubt,
    ...rest
  } = next;
  return {
    ...cleared,
    event: 'pr_open',
    next: { ...rest, state: 'pr_open', request: { step: 'opening' } },
  };
}

/** pr_open -> pr_open: the branch is pushed and the request is open. */
export function opened(row: Open, request: Step<'open'>, afterSeconds: number, { now }: Moment): Transition {
  const where = request.url === undefined ? '' : `${request.url}\n`;
  return {
    event: 'request_opened',
    next: { ...row, request, ...bump(row, now) },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'request', {
        headline: `Opened ${requestName(request)}`,
        body: `${where}The cluster changes once it is merged and applied; that is followed from here.`,
      }),
      { kind: 'wake', afterSeconds },
    ],
  };
}

/** pr_open -> pr_open: looked at once more. The card changes only with what it waits for. */
export function waited(
  row: Open,
  request: Step<'open' | 'merged'>,
  afterSeconds: number,
  { now }: Moment,
): Transition {
  const before = row.request.step === 'opening' ? undefined : row.request.waitsFor;
  return {
    event: 'request_looked',
    next: { ...row, request, ...bump(row, now) },
    sideEffects: [
      ...(before === request.waitsFor ? [] : [{ kind: 'card' } as const]),
      { kind: 'wake', afterSeconds },
    ],
  };
}

/** pr_open -> pr_open: its base has changed the same file. It is to be rebased, was, or is left to people. */
export function rebased(
  row: Open,
  { request, told }: Rebased,
  afterSeconds: number,
  { now }: Moment,
): Transition {
  return {
    event: 'request_rebased',
    next: { ...row, request, ...bump(row, now) },
    sideEffects: [
      { kind: 'card' },
      ...(told === undefined
        ? []
        : [
            reply(row, 'rebased', {
              headline: told.headline,
              body: told.body,
              ...(told.isForPeople ? { broadcast: true } : {}),
            }),
          ]),
      { kind: 'wake', afterSeconds },
    ],
  };
}

/**
 * pr_open -> pr_open: merged; now the cluster has to get that commit.
 * @param altered with commits that were pushed to its branch after ours
 */
export function merged(row: Open, request: Step<'merged'>, altered: boolean, { now }: Moment): Transition {
  const beside = altered ? ', with commits that nobody has approved here' : '';
  return {
    event: 'request_merged',
    next: { ...row, request, ...bump(row, now) },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'merged', {
        headline: `Merged as ${request.commit.slice(0, 12)}${beside}`,
        body: request.waitsFor === undefined ? '' : `It waits for ${request.waitsFor}.`,
      }),
      { kind: 'wake', afterSeconds: 0 },
    ],
  };
}

/** pr_open -> verifying: the cluster has the commit. What was planned was done by somebody else, for us. */
export function arrived(
  row: Open,
  sentence: string,
  initialDelaySeconds: number,
  { now }: Moment,
): Transition {
  const results = row.plan.calls.map((): CallResult => ({ sentence, alreadyDone: true, warnings: [] }));
  return {
    event: 'verifying',
    next: { ...row, results, ...bump(row, now), state: 'verifying', appliedAt: now, samples: [] },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'executed', { headline: 'Applied', body: sentence }),
      { kind: 'wake', afterSeconds: initialDelaySeconds },
    ],
  };
}

const wordOf = ({ request, git }: Open) => wordFor(request, git);

/** pr_open -> rejected: somebody closed the request instead of merging it. */
export function closed(row: Open, by: string | undefined, { now }: Moment): Transition {
  const { plan: _plan, startedAt: _startedAt, ...rest } = row;
  const who = by ?? 'somebody';
  const word = wordOf(row);
  const reason = `The ${word} was closed without being merged.`;
  return {
    event: 'rejected',
    next: {
      ...rest,
      ...bump(row, now),
      state: 'rejected',
      endedAt: now,
      rejectedBy: who,
      rejectReason: reason,
    },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'closed', {
        headline: `Closed without being merged, by ${who}`,
        body: 'Nothing was changed.',
      }),
      logEnd(row, 'no_action', `the ${word} was closed by ${who}`),
    ],
  };
}

/** pr_open -> expired: not merged for so long that nobody expects it any more. */
export function tooLate(row: Open, hours: number, { now }: Moment): Transition {
  const { plan: _plan, startedAt: _startedAt, ...rest } = row;
  const headline = `Not merged within ${hours} h: it is not followed any more. What becomes of it is left to the repository.`;
  return {
    event: 'expired',
    next: { ...rest, ...bump(row, now), state: 'expired', endedAt: now },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'expired', { headline, broadcast: true }),
      logEnd(row, 'no_action', `the ${wordOf(row)} was not merged in time`),
    ],
  };
}
