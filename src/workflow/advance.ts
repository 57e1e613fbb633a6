import type { Approval } from '../domain/approval.ts';
import type { Circumstances } from '../domain/circumstances.ts';
import type { Facts } from '../domain/facts.ts';
import type { CallResult, DryRunResult, Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { printAction } from '../domain/print.ts';
import type { Member, Remediation, RemediationIn } from '../domain/remediation.ts';
import { type DeclarativeSpec, isBlocked, needsApproval } from '../domain/spec.ts';
import { after } from '../domain/time.ts';
import type { Sample, Verdict } from '../domain/verdict.ts';
import type { Effect, Proposal, Snapshot, Step } from './ports.ts';

/** What an event is judged with: the time, the policy, and how long verification waits before its first look. */
export interface Moment {
  readonly now: string;
  readonly policy: Policy;
}

const bump = (row: Remediation, now: string) => ({ version: row.version + 1, updatedAt: now });

const logEnd = (
  row: Remediation,
  outcome: 'no_action' | 'succeeded' | 'failed',
  detail: string,
  stderr?: string,
): Effect => ({
  kind: 'log',
  entry: {
    kind: 'ended',
    command: printAction(row.action),
    outcome,
    detail,
    ...(stderr === undefined ? {} : { stderr }),
  },
});

type ReplyParts = {
  headline: string;
  body?: string;
  preformatted?: string;
  by?: string;
  broadcast?: boolean;
};

const reply = (row: Remediation, what: string, parts: ReplyParts): Effect => ({
  kind: 'reply',
  key: `reply:${row.id}:${row.version + 1}:${what}`,
  notice: { kind: 'reply', broadcast: false, ...parts },
});

/** What evaluation came to; `members` only for several objects. */
interface Outcome {
  readonly spec: DeclarativeSpec;
  readonly facts: Facts;
  readonly members?: Member[];
  readonly circumstances: Circumstances;
  readonly digest: string;
}

/** requested -> evaluated, or blocked by a hard rule. */
export function judged(row: RemediationIn<'requested'>, outcome: Outcome, { now }: Moment): Step {
  if (!isBlocked(outcome.spec)) {
    return {
      event: 'evaluated',
      next: { ...row, ...outcome, ...bump(row, now), state: 'evaluated' },
      effects: [{ kind: 'wake', afterSeconds: 0 }],
    };
  }
  return {
    event: 'blocked',
    next: { ...row, ...outcome, ...bump(row, now), state: 'blocked', endedAt: now },
    effects: [
      { kind: 'card' },
      logEnd(row, 'no_action', `blocked: ${outcome.spec.blockedReason ?? 'by a hard rule'}`),
    ],
  };
}

/** requested -> no_action: there is no such target, or it may not be read. */
export function unavailable(row: RemediationIn<'requested'>, reason: string, { now }: Moment): Step {
  return {
    event: 'no_action',
    next: { ...row, ...bump(row, now), state: 'no_action', endedAt: now, failure: reason },
    effects: [{ kind: 'card' }, logEnd(row, 'no_action', reason)],
  };
}

type Failing = RemediationIn<'requested' | 'evaluated' | 'approved' | 'executing'>;

/** Any state before verification -> failed, when trying again has stopped making sense. */
export function failed(
  row: Failing,
  failure: {
    stage: RemediationIn<'failed'>['stage'];
    reason: string;
    results?: readonly CallResult[];
    dryRun?: DryRunResult;
  },
  { now }: Moment,
  rollbacks: readonly Proposal[] = [],
): Step {
  const { stage, reason } = failure;
  return {
    event: 'failed',
    next: {
      ...withoutState(row),
      ...(failure.results === undefined ? {} : { results: [...failure.results] }),
      ...(failure.dryRun === undefined ? {} : { dryRun: failure.dryRun }),
      ...bump(row, now),
      state: 'failed',
      endedAt: now,
      stage,
      failure: reason,
    },
    effects: [
      { kind: 'card' },
      reply(row, 'failed', { headline: `Failed in ${stage}`, preformatted: reason, broadcast: true }),
      logEnd(row, 'failed', `failed in ${stage}`, reason),
      ...proposing(rollbacks),
    ],
  };
}

const proposing = (proposals: readonly Proposal[]): Effect[] =>
  proposals.map((proposal) => ({ kind: 'propose', proposal }));

/** `failed` has no state-only fields of its predecessor, such as when it was approved. */
function withoutState(row: Failing): Omit<Failing, 'state' | 'approvedAt' | 'heldUp'> {
  if (row.state === 'approved') return (({ approvedAt: _approvedAt, ...rest }) => rest)(row);
  return row.state === 'executing' ? (({ heldUp: _heldUp, ...rest }) => rest)(row) : row;
}

/** evaluated -> waiting for people, approved by its tier, or failed because the API server would refuse it. */
export function rehearsed(row: RemediationIn<'evaluated'>, dryRun: DryRunResult, moment: Moment): Step {
  const { now, policy } = moment;
  if (dryRun.kind === 'refused')
    return failed(row, { stage: 'dry run', reason: dryRun.sentence, dryRun }, moment);
  if (!needsApproval(row.spec)) {
    return {
      event: 'approved_by_tier',
      next: { ...row, dryRun, ...bump(row, now), state: 'approved', approvedAt: now },
      effects: [{ kind: 'card' }, { kind: 'wake', afterSeconds: 0 }],
    };
  }
  const expiresAt = after(now, policy.approvalTtlSeconds);
  return {
    event: 'waiting',
    next: { ...row, dryRun, ...bump(row, now), state: 'waiting', expiresAt },
    effects: [{ kind: 'card' }, { kind: 'expire', at: expiresAt }],
  };
}

/** waiting -> waiting, after the first of two approvals. */
export function partlyApproved(
  row: RemediationIn<'waiting'>,
  vote: Approval,
  progress: { have: number; need: number },
  { now }: Moment,
): Step {
  return {
    event: 'vote_counted',
    next: { ...row, ...bump(row, now) },
    effects: [
      { kind: 'card' },
      // The timer is bound to the version, which this vote has moved on.
      { kind: 'expire', at: row.expiresAt },
      reply(row, 'vote', {
        headline: `Approved, ${progress.have} of ${progress.need}, by`,
        by: vote.actor.userId,
      }),
    ],
  };
}

/** waiting -> approved. */
export function approved(row: RemediationIn<'waiting'>, vote: Approval, { now }: Moment): Step {
  const { expiresAt: _expiresAt, ...rest } = row;
  return {
    event: 'approved',
    next: { ...rest, ...bump(row, now), state: 'approved', approvedAt: now },
    effects: [
      { kind: 'card' },
      { kind: 'wake', afterSeconds: 0 },
      reply(row, 'vote', { headline: 'Approved by', by: vote.actor.userId }),
    ],
  };
}

/** waiting -> rejected. */
export function rejected(row: RemediationIn<'waiting'>, vote: Approval, { now }: Moment): Step {
  const { expiresAt: _expiresAt, ...rest } = row;
  const reason = vote.reason === undefined ? {} : { rejectReason: vote.reason };
  return {
    event: 'rejected',
    next: {
      ...rest,
      ...reason,
      ...bump(row, now),
      state: 'rejected',
      endedAt: now,
      rejectedBy: vote.actor.userId,
    },
    effects: [
      { kind: 'card' },
      reply(row, 'vote', {
        headline: 'Rejected by',
        by: vote.actor.userId,
        ...(vote.reason === undefined ? {} : { body: vote.reason }),
      }),
      logEnd(row, 'no_action', `rejected by ${vote.actor.userId}`),
    ],
  };
}

/** waiting or approved -> expired: nobody decided, or the approval is too old to act on. */
export function expired(row: RemediationIn<'waiting' | 'approved'>, { now }: Moment): Step {
  const rest =
    row.state === 'waiting'
      ? (({ expiresAt: _expiresAt, ...kept }) => kept)(row)
      : (({ approvedAt: _approvedAt, ...kept }) => kept)(row);
  const sentence =
    row.state === 'waiting'
      ? 'Expired: not enough approvals in time. Nothing was changed.'
      : 'Expired: the approval had grown too old before it could be carried out. Nothing was changed.';
  return {
    event: 'expired',
    next: { ...rest, ...bump(row, now), state: 'expired', endedAt: now },
    effects: [
      { kind: 'card' },
      reply(row, 'expired', { headline: sentence }),
      logEnd(row, 'no_action', 'expired'),
    ],
  };
}

/** approved -> executing: the gate was passed a second time. Takes the target for this remediation alone. */
export function cleared(
  row: RemediationIn<'approved'>,
  outcome: { plan: Plan; snapshots: readonly Snapshot[]; facts: Facts; members?: Member[] },
  { now }: Moment,
): Step {
  const { approvedAt: _approvedAt, ...rest } = row;
  const { plan, snapshots, ...seen } = outcome;
  return {
    event: 'executing',
    next: {
      ...rest,
      ...seen,
      plan,
      ...bump(row, now),
      state: 'executing',
      startedAt: now,
    },
    effects: [
      ...snapshots.map((snapshot): Effect => ({ kind: 'snapshot', snapshot })),
      { kind: 'log', entry: { kind: 'started', command: printAction(row.action) } },
      { kind: 'card' },
      { kind: 'wake', afterSeconds: 0 },
    ],
  };
}

/** approved -> superseded: the target is not what people approved. The same request is judged again, on a new card. */
export function superseded(
  row: RemediationIn<'approved'>,
  change: string,
  replacement: Proposal,
  { now }: Moment,
): Step {
  const { approvedAt: _approvedAt, ...rest } = row;
  return {
    event: 'superseded',
    next: { ...rest, ...bump(row, now), state: 'superseded', endedAt: now, change, by: replacement.id },
    effects: [
      { kind: 'card' },
      reply(row, 'superseded', {
        headline: 'The target changed after the card was shown, so no approval carries over.',
        body: change,
      }),
      logEnd(row, 'no_action', `superseded: ${change}`),
      { kind: 'propose', proposal: replacement },
    ],
  };
}

/** executing -> executing: an eviction has to wait until a PodDisruptionBudget has something to spare. */
export function heldUp(
  row: RemediationIn<'executing'>,
  { results, reason, afterSeconds }: { results: readonly CallResult[]; reason: string; afterSeconds: number },
  { now }: Moment,
): Step {
  return {
    event: 'held_up',
    next: { ...row, results: [...results], heldUp: reason, ...bump(row, now) },
    // The same reason again is no news.
    effects: [
      ...(row.heldUp === reason && row.results?.length === results.length ? [] : [{ kind: 'card' } as const]),
      { kind: 'wake', afterSeconds },
    ],
  };
}

/** executing -> verifying: every call was accepted, or found done. */
export function executed(
  row: RemediationIn<'executing'>,
  results: readonly CallResult[],
  initialDelaySeconds: number,
  { now }: Moment,
): Step {
  const { heldUp: _heldUp, ...rest } = row;
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
    effects: [
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
): Step {
  return {
    event: 'looked',
    next: { ...row, samples: [...samples], ...bump(row, now) },
    effects: [{ kind: 'wake', afterSeconds }],
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
  { now }: Moment,
): Step {
  const { samples: _samples, ...rest } = row;
  const { verdict, diagnosis } = outcome;
  const playbook = row.requestedBy.kind === 'playbook' ? { playbook: row.requestedBy.playbook } : {};
  return {
    event: `verdict_${verdict.result}`,
    next: { ...rest, verdict, ...bump(row, now), state: 'learning' },
    effects: [
      { kind: 'verdict', verdict, ...playbook },
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

/** learning -> succeeded, failed or inconclusive; a change that did not work offers its ways back. */
export function learned(
  row: RemediationIn<'learning'>,
  rollbacks: readonly Proposal[],
  { now }: Moment,
): Step {
  const ended = { ...bump(row, now), endedAt: now };
  const { verdict } = row;
  switch (verdict.result) {
    case 'verified':
      return {
        event: 'succeeded',
        next: { ...row, ...ended, state: 'succeeded' },
        effects: [{ kind: 'card' }, logEnd(row, 'succeeded', verdict.sentence)],
      };
    case 'inconclusive':
      return {
        event: 'inconclusive',
        next: { ...row, ...ended, state: 'inconclusive' },
        effects: [{ kind: 'card' }, logEnd(row, 'failed', `inconclusive: ${verdict.sentence}`)],
      };
    case 'not_verified':
      return {
        event: 'failed',
        next: { ...row, ...ended, state: 'failed', stage: 'verification', failure: verdict.sentence },
        effects: [
          { kind: 'card' },
          logEnd(row, 'failed', 'not verified', verdict.sentence),
          ...proposing(rollbacks),
        ],
      };
  }
}
