import { printAction } from '../../actions/print.ts';
import type { Request } from '../../domain/action.ts';
import type { Approval } from '../../domain/approval.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { Evidence } from '../../domain/incidents/evidence.ts';
import type { GitChange } from '../../domain/manifest/git-change.ts';
import { storedObject } from '../../domain/manifest/stored-object.ts';
import type { CallResult, DryRunResult, Plan } from '../../domain/plan.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { type DeclarativeSpec, isBlocked, needsApproval } from '../../domain/spec.ts';
import { after } from '../../domain/text/time.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { blockedBy } from '../../stages/evaluate/request.ts';
import type { Layout } from '../../stages/show/layout.ts';
import { type ApprovalDrift, supersededWords } from '../approval/drift.ts';
import { evidenceNotice } from '../intake/evidence.ts';
import type { SideEffect, Snapshot, Transition } from '../ports.ts';
import type { Proposal } from '../proposal.ts';
import { partsInThread, showingOf } from './showing.ts';
import { bump, judgedAs, logEnd, type Moment, proposing, reply } from './transitions.ts';

/* The moves of a remediation from the request to the first write; those after it are in carry-out.ts. */

/** What evaluation came to; `members` only for several objects. */
interface Outcome {
  readonly spec: DeclarativeSpec;
  readonly facts: Facts;
  readonly members?: Case[];
  readonly circumstances: Circumstances;
  readonly git?: GitChange;
  readonly digest: string;
}

/** requested -> evaluated, or blocked by a hard rule. */
export function judged(
  row: RemediationIn<'requested'>,
  outcome: Outcome,
  { now }: Moment,
  incident: { readonly owner?: string; readonly evidence?: Evidence | 'later' } = {},
): Transition {
  // Before the card, which belongs in the thread of the owner's incident.
  const owned = [...owning(incident.owner), ...showing(row, incident.evidence)];
  if (!isBlocked(outcome.spec)) {
    return {
      event: 'evaluated',
      next: { ...row, ...outcome, ...bump(row, now), state: 'evaluated' },
      sideEffects: [...owned, { kind: 'wake', afterSeconds: 0 }],
    };
  }
  return {
    event: 'blocked',
    next: { ...row, ...outcome, ...bump(row, now), state: 'blocked', endedAt: now },
    sideEffects: [
      ...owned,
      { kind: 'card' },
      logEnd(row, 'no_action', `blocked: ${outcome.spec.blockedReason ?? 'by a hard rule'}`),
    ],
  };
}

const owning = (key: string | undefined): SideEffect[] => (key === undefined ? [] : [{ kind: 'owner', key }]);

/** What was seen on arrival is kept; of what nobody asked for it is told in the thread, too: a person has looked. */
function showing(row: RemediationIn<'requested'>, evidence: Evidence | 'later' | undefined): SideEffect[] {
  if (evidence === undefined) return [];
  if (evidence === 'later') return [{ kind: 'evidence later' }];
  const isAsked = row.requestedBy.kind !== 'playbook';
  if (isAsked) return [{ kind: 'evidence', evidence, isAsked }];
  const keep: SideEffect = { kind: 'evidence', evidence };
  const { kind: _kind, ...told } = evidenceNotice(evidence, row.createdAt);
  return [keep, reply(row, 'evidence', told)];
}

/** requested -> no_action: there is no such target, or it may not be read. */
export function unavailable(
  row: RemediationIn<'requested'>,
  reason: string,
  { now }: Moment,
  instead: readonly Request[] = [],
): Transition {
  const offered = instead.length === 0 ? {} : { instead: [...instead] };
  return {
    event: 'no_action',
    next: { ...row, ...bump(row, now), state: 'no_action', endedAt: now, failure: reason, ...offered },
    sideEffects: [{ kind: 'card' }, logEnd(row, 'no_action', reason)],
  };
}

type Failing = RemediationIn<'requested' | 'evaluated' | 'approved' | 'pr_open' | 'executing'>;

/** Any state before verification -> failed, when trying again has stopped making sense. */
export function failed(
  row: Failing,
  failure: {
    stage: RemediationIn<'failed'>['stage'];
    reason: string;
    results?: readonly CallResult[];
    dryRun?: DryRunResult;
    /** Where something was begun that is known not to have worked. */
    verdict?: Verdict;
    /** The next write was sent, or may have been, and what came of it is not known. */
    inDoubt?: boolean;
  },
  { now, policy }: Moment,
  rollbacks: readonly Proposal[] = [],
): Transition {
  const { stage, reason } = failure;
  return {
    event: 'failed',
    next: {
      ...withoutState(row),
      ...(failure.results === undefined ? {} : { results: [...failure.results] }),
      ...(failure.dryRun === undefined ? {} : { dryRun: failure.dryRun }),
      ...(failure.verdict === undefined ? {} : { verdict: failure.verdict }),
      ...bump(row, now),
      state: 'failed',
      endedAt: now,
      stage,
      failure: reason,
      ...(failure.inDoubt === true ? { inDoubt: true } : {}),
    },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'failed', { headline: `Failed in ${stage}`, preformatted: reason, broadcast: true }),
      ...(failure.verdict === undefined ? [] : [judgedAs(row, failure.verdict, policy)]),
      logEnd(row, 'failed', `failed in ${stage}`, reason),
      ...proposing(rollbacks),
    ],
  };
}

/** `failed` has no state-only fields of its predecessor, such as when it was approved. */
function withoutState(
  row: Failing,
): Omit<Failing, 'state' | 'approvedAt' | 'heldUp' | 'progressAt' | 'brokenAt' | 'inDoubt'> {
  if (row.state === 'approved')
    return (({ approvedAt: _approvedAt, brokenAt: _brokenAt, ...rest }) => rest)(row);
  return row.state === 'executing'
    ? (({ heldUp: _heldUp, progressAt: _progressAt, brokenAt: _brokenAt, inDoubt: _inDoubt, ...rest }) =>
        rest)(row)
    : row;
}

/** evaluated -> waiting for people, approved by its tier, or failed because the API server would refuse it. */
export function dryRunEnded(
  row: RemediationIn<'evaluated'>,
  dryRun: DryRunResult,
  layout: Layout,
  moment: Moment,
): Transition {
  const { now, policy } = moment;
  if (dryRun.kind === 'refused')
    return failed(row, { stage: 'dry run', reason: dryRun.sentence, dryRun }, moment);
  if (!needsApproval(row.spec)) {
    return {
      event: 'approved_by_tier',
      next: { ...row, dryRun, ...bump(row, now), state: 'approved', approvedAt: now },
      sideEffects: [{ kind: 'card' }, ...partsInThread(row, layout), { kind: 'wake', afterSeconds: 0 }],
    };
  }
  const expiresAt = after(now, policy.approvalTtlSeconds);
  return {
    event: 'waiting',
    next: { ...row, dryRun, ...bump(row, now), state: 'waiting', expiresAt, showing: showingOf(row, layout) },
    sideEffects: [{ kind: 'card' }, ...partsInThread(row, layout), { kind: 'expire', at: expiresAt }],
  };
}

/** evaluated -> blocked: what those who approve would have to read cannot be shown to them. */
export function unshowable(
  row: RemediationIn<'evaluated'>,
  dryRun: DryRunResult,
  reason: string,
  { now }: Moment,
): Transition {
  const spec = blockedBy(row.spec, reason);
  return {
    event: 'blocked',
    next: { ...row, spec, dryRun, ...bump(row, now), state: 'blocked', endedAt: now },
    sideEffects: [{ kind: 'card' }, logEnd(row, 'no_action', `blocked: ${reason}`)],
  };
}

/** waiting -> waiting, after the first of two approvals. */
export function partlyApproved(
  row: RemediationIn<'waiting'>,
  vote: Approval,
  progress: { have: number; need: number },
  { now }: Moment,
): Transition {
  return {
    event: 'vote_counted',
    next: { ...row, ...bump(row, now) },
    sideEffects: [
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
export function approved(row: RemediationIn<'waiting'>, vote: Approval, { now }: Moment): Transition {
  const { expiresAt: _expiresAt, ...rest } = row;
  return {
    event: 'approved',
    next: { ...rest, ...bump(row, now), state: 'approved', approvedAt: now },
    sideEffects: [
      { kind: 'card' },
      { kind: 'wake', afterSeconds: 0 },
      reply(row, 'vote', { headline: 'Approved by', by: vote.actor.userId }),
    ],
  };
}

/** waiting -> rejected. */
export function rejected(row: RemediationIn<'waiting'>, vote: Approval, { now }: Moment): Transition {
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
    sideEffects: [
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
export function expired(row: RemediationIn<'waiting' | 'approved'>, { now }: Moment): Transition {
  const rest =
    row.state === 'waiting'
      ? (({ expiresAt: _expiresAt, ...kept }) => kept)(row)
      : (({ approvedAt: _approvedAt, brokenAt: _brokenAt, ...kept }) => kept)(row);
  const sentence =
    row.state === 'waiting'
      ? 'Expired: not enough approvals in time. Nothing was changed.'
      : 'Expired: the approval had grown too old before it could be carried out. Nothing was changed.';
  return {
    event: 'expired',
    next: { ...rest, ...bump(row, now), state: 'expired', endedAt: now },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'expired', { headline: sentence }),
      logEnd(row, 'no_action', 'expired'),
    ],
  };
}

/** approved -> executing: the gate was passed a second time. Takes the target for this remediation alone. */
export function cleared(
  row: RemediationIn<'approved'>,
  outcome: { plan: Plan; snapshots: readonly Snapshot[]; facts: Facts; members?: Case[] },
  { now, policy }: Moment,
): Transition {
  const { approvedAt: _approvedAt, brokenAt: _brokenAt, ...rest } = row;
  const { plan, snapshots, ...seen } = outcome;
  const keptUntil = new Date(Date.parse(now) + policy.rollbackWindowHours * 3_600_000).toISOString();
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
    sideEffects: [
      ...snapshots.map((snapshot): SideEffect => {
        const object = storedObject(snapshot.object);
        return { kind: 'snapshot', snapshot: { ...snapshot, object }, keptUntil };
      }),
      { kind: 'log', entry: { kind: 'started', command: printAction(row.action) } },
      { kind: 'card' },
      { kind: 'wake', afterSeconds: 0 },
    ],
  };
}

/** approved -> approved: a constraint does not hold at the gate, and is looked at once more before anybody is asked again. */
export function lookedOnce(
  row: RemediationIn<'approved'>,
  afterSeconds: number,
  { now }: Moment,
): Transition {
  return {
    event: 'condition_broken',
    next: { ...row, brokenAt: now, ...bump(row, now) },
    sideEffects: [{ kind: 'wake', afterSeconds }],
  };
}

/** waiting or approved -> no_action: what the playbook says of the target is not so, or its alert is over. */
export function withdrawn(
  row: RemediationIn<'waiting' | 'approved'>,
  reason: string,
  { now }: Moment,
): Transition {
  const kept =
    row.state === 'waiting'
      ? (({ expiresAt: _expiresAt, ...rest }) => rest)(row)
      : (({ approvedAt: _approvedAt, brokenAt: _brokenAt, ...rest }) => rest)(row);
  return {
    event: 'withdrawn',
    next: {
      ...kept,
      ...bump(row, now),
      state: 'no_action',
      endedAt: now,
      failure: reason,
      instead: [row.action],
    },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'withdrawn', { headline: `Withdrawn. ${reason}` }),
      logEnd(row, 'no_action', `withdrawn: ${reason}`),
    ],
  };
}

/** approved -> superseded: it is not what was approved any more. The same request is judged again, on a new card. */
export function superseded(
  row: RemediationIn<'approved'>,
  drift: ApprovalDrift,
  replacement: Proposal,
  { now }: Moment,
): Transition {
  const { approvedAt: _approvedAt, brokenAt: _brokenAt, ...rest } = row;
  return {
    event: 'superseded',
    next: {
      ...rest,
      ...bump(row, now),
      state: 'superseded',
      endedAt: now,
      change: drift.sentence,
      differences: [...drift.differences],
      by: replacement.id,
    },
    sideEffects: [
      { kind: 'card' },
      reply(row, 'superseded', {
        headline: supersededWords(row, drift),
        body: drift.sentence,
      }),
      logEnd(row, 'no_action', `superseded: ${drift.sentence}`),
      { kind: 'propose', proposal: replacement },
    ],
  };
}
