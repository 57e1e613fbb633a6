import { z } from 'zod';
import { action, isGroup, type Request, request } from './action.ts';
import { requester } from './actor.ts';
import type { Case } from './case.ts';
import { circumstances } from './circumstances.ts';
import { difference } from './difference.ts';
import { earlierRequest, mostEarlier } from './earlier-request.ts';
import { type Facts, facts, instant } from './facts/facts.ts';
import { emergency } from './manifest/emergency.ts';
import { gitChange, pullRequest } from './manifest/git-change.ts';
import { type Call, type CallResult, callResult, dryRunResult, type Plan, plan } from './plan.ts';
import { showing } from './showing.ts';
import { type DeclarativeSpec, declarativeSpec } from './spec.ts';
import { sample, verdict } from './verdict.ts';

/** What every remediation carries, whatever its state. */
const base = {
  id: z.uuid(),
  /** Short number that people say aloud: "remediation 42". */
  number: z.number().int().positive(),
  incidentId: z.uuid(),
  /** Goes up by one with every transition; a write with an older version is refused. */
  version: z.number().int().min(0),
  cluster: z.string(),
  /** What was asked for: one action, or the same on several objects. */
  action: request,
  /** `cluster/namespace/Kind/name`: one remediation at a time may execute or verify on it. */
  targetKey: z.string(),
  requestedBy: requester,
  /** The requester's reason, or the alert's summary. Untrusted text. */
  reason: z.string().optional(),
  /** The remediation that was superseded by this one. */
  replaces: z.uuid().optional(),
  /** The requests that asked the same before, the first first; absent where it was not asked anew. */
  anew: z.array(earlierRequest).min(1).max(mostEarlier).optional(),
  createdAt: instant,
  updatedAt: instant,
};

const members = z.array(z.strictObject({ action, facts })).min(1);

/** What evaluation left: the spec, the facts it was judged on, and the digest that approvals bind to. */
const evaluation = {
  spec: declarativeSpec,
  /** Of the target; of several objects, of the first. */
  facts,
  /** Of several objects each one that was found, with what was asked for it. */
  members: members.optional(),
  /** Absent in what was judged before they were kept. */
  circumstances: circumstances.optional(),
  /** What it means for the repository that the target is made from. Absent where none is read, and in older rows. */
  git: gitChange.optional(),
  /** Absent where the repository comes first, and in older rows. */
  emergency: emergency.optional(),
  digest: z.string().length(64),
};

const judged = { ...base, ...evaluation };
/** Of what ended before it was judged whole: what there was by then. */
const asFarAsJudged = {
  spec: declarativeSpec.optional(),
  facts: facts.optional(),
  members: members.optional(),
  circumstances: circumstances.optional(),
  git: gitChange.optional(),
  emergency: emergency.optional(),
  digest: z.string().optional(),
  dryRun: dryRunResult.optional(),
  showing: showing.optional(),
};
/** `showing`: absent where nobody had to approve, and in older rows. */
const withDryRun = { ...judged, dryRun: dryRunResult, showing: showing.optional() };
/** `request`: of a change that was carried out by a pull request. Absent for others, and in older rows. */
const running = { ...withDryRun, plan, startedAt: instant, request: pullRequest.optional() };
const applied = { ...running, results: z.array(callResult), appliedAt: instant };
const concluded = { ...applied, verdict };

/**
 * A remediation's life. The states and what each must know:
 *
 * requested -> evaluated -> waiting -> approved -> executing -> verifying -> learning -> succeeded | failed | inconclusive
 * with pr_open instead of executing where a pull request carries it out,
 * and the early ends no_action, blocked, rejected, expired, superseded.
 */
export const remediation = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('requested'), ...base }),
  z.strictObject({ state: z.literal('evaluated'), ...judged }),
  z.strictObject({ state: z.literal('waiting'), ...withDryRun, expiresAt: instant }),
  z.strictObject({
    state: z.literal('approved'),
    ...withDryRun,
    approvedAt: instant,
    /** When the gate first found a constraint broken; it looks once more before it supersedes. */
    brokenAt: instant.optional(),
  }),
  /** The change is in a pull request: opened, followed until it is merged, and then until the cluster has that commit. */
  z.strictObject({ state: z.literal('pr_open'), ...running, request: pullRequest }),
  /**
   * `results`: of the calls that were answered before it had to wait, for an eviction that a budget does not allow yet;
   * `progressAt`: when the last of them was answered. Absent in older rows.
   */
  z.strictObject({
    state: z.literal('executing'),
    ...running,
    results: z.array(callResult).optional(),
    heldUp: z.string().optional(),
    progressAt: instant.optional(),
    /** When a constraint was first found broken; it is looked at once more before the change is broken off. */
    brokenAt: instant.optional(),
    /** A write was sent after those of `results`, or may have been, before it had to wait. Absent in older rows. */
    inDoubt: z.literal(true).optional(),
  }),
  z.strictObject({ state: z.literal('verifying'), ...applied, samples: z.array(sample) }),
  z.strictObject({ state: z.literal('learning'), ...concluded }),
  z.strictObject({ state: z.literal('succeeded'), ...concluded, endedAt: instant }),
  z.strictObject({ state: z.literal('inconclusive'), ...concluded, endedAt: instant }),
  /** `verdict` is there when verification said no; otherwise the failure came before or during execution. */
  z.strictObject({
    state: z.literal('failed'),
    ...base,
    ...asFarAsJudged,
    plan: plan.optional(),
    startedAt: instant.optional(),
    request: pullRequest.optional(),
    results: z.array(callResult).optional(),
    appliedAt: instant.optional(),
    verdict: verdict.optional(),
    endedAt: instant,
    /** The stage that failed, for the card's headline. */
    stage: z.enum(['evaluation', 'dry run', 'execution', 'verification']),
    failure: z.string(),
    /** A write whose answer is not known was sent after those of `results`, or may have been. Absent in older rows. */
    inDoubt: z.literal(true).optional(),
  }),
  /**
   * Nothing to do or nothing that can be done: the target is not there or may not be read; or it was judged, and what a
   * playbook says of the target is not so any more: withdrawn.
   */
  z.strictObject({
    state: z.literal('no_action'),
    ...base,
    ...asFarAsJudged,
    endedAt: instant,
    failure: z.string(),
    /** The same on objects that are there, where there are any that may have been meant. */
    instead: z.array(request).optional(),
  }),
  /** `dryRun`: where it was blocked for what that would change. */
  z.strictObject({
    state: z.literal('blocked'),
    ...judged,
    dryRun: dryRunResult.optional(),
    endedAt: instant,
  }),
  z.strictObject({
    state: z.literal('rejected'),
    ...withDryRun,
    endedAt: instant,
    /** A person of the chat; of a pull request, who closed it there. */
    rejectedBy: z.string(),
    request: pullRequest.optional(),
    rejectReason: z.string().optional(),
  }),
  z.strictObject({
    state: z.literal('expired'),
    ...withDryRun,
    request: pullRequest.optional(),
    endedAt: instant,
  }),
  /** The target changed after the card was shown: no vote carries over, a new remediation was opened. */
  z.strictObject({
    state: z.literal('superseded'),
    ...withDryRun,
    endedAt: instant,
    change: z.string(),
    /** What `change` says, value by value. Absent in older rows. */
    differences: z.array(difference).optional(),
    by: z.uuid(),
  }),
]);

export type Remediation = z.infer<typeof remediation>;
export type State = Remediation['state'];
export type RemediationIn<S extends State> = Extract<Remediation, { state: S }>;

/** States in which a step is due without anybody's doing; the sweeper wakes rows in these. */
export const activeStates = [
  'requested',
  'evaluated',
  'approved',
  'pr_open',
  'executing',
  'verifying',
  'learning',
] as const;

/** States in which a remediation holds its target for itself. */
export const holdingStates = ['executing', 'verifying'] as const;

/** States that nothing leaves. */
export const finalStates = [
  'succeeded',
  'failed',
  'inconclusive',
  'no_action',
  'blocked',
  'rejected',
  'expired',
  'superseded',
] as const;

/** The only moves there are. Storage refuses any other (test/domain/remediation.test.ts lists them). */
export const moves: Readonly<Record<State, readonly State[]>> = {
  requested: ['evaluated', 'blocked', 'no_action', 'failed'],
  evaluated: ['waiting', 'approved', 'blocked', 'failed'],
  waiting: ['waiting', 'approved', 'rejected', 'expired', 'no_action'],
  approved: ['approved', 'pr_open', 'executing', 'superseded', 'expired', 'failed', 'no_action'],
  pr_open: ['pr_open', 'verifying', 'rejected', 'expired', 'failed'],
  executing: ['executing', 'verifying', 'failed'],
  verifying: ['verifying', 'learning'],
  learning: ['succeeded', 'failed', 'inconclusive'],
  succeeded: [],
  failed: [],
  inconclusive: [],
  no_action: [],
  blocked: [],
  rejected: [],
  expired: [],
  superseded: [],
};

/** True when nothing can happen any more. */
export function isFinal(state: State): boolean {
  return moves[state].length === 0;
}

/** Judged, and ended before anything was done. */
export type NotCarriedOut =
  | (RemediationIn<'no_action'> & { readonly spec: DeclarativeSpec })
  | (RemediationIn<'rejected' | 'expired'> & { readonly request?: undefined });

/**
 * True when the same may be asked for anew: nothing was done. What is in a repository may still be merged there: nothing is
 * asked for beside it. Of what was superseded the successor stands.
 */
export function mayBeAskedAnew(row: Remediation): row is NotCarriedOut {
  if (row.state === 'no_action') return row.spec !== undefined;
  return (row.state === 'rejected' || row.state === 'expired') && row.request === undefined;
}

/** The spec it was judged by, once it has been judged. */
export function specOf(row: Remediation): DeclarativeSpec | undefined {
  return 'spec' in row ? row.spec : undefined;
}

/** The actions that were judged, one for each object, with their facts; one for most remediations. */
export function membersOf(row: {
  action: Request;
  facts: Facts;
  members?: readonly Case[] | undefined;
}): readonly Case[] {
  if (row.members !== undefined) return row.members;
  return isGroup(row.action) ? [] : [{ action: row.action, facts: row.facts }];
}

/** The part of a plan that is for one object: its calls, and the answers that there are so far, in their order. */
export interface PlanPart extends Case {
  readonly calls: readonly Call[];
  readonly results: readonly CallResult[];
}

/** A plan by its objects: every call belongs to one of them, and a part is done when each of its calls is answered. */
export function planParts(
  row: Parameters<typeof membersOf>[0] & { readonly plan: Plan },
  results: readonly CallResult[],
): readonly PlanPart[] {
  const { calls, before = 0, parts = [calls.length - before] } = row.plan;
  let from = before;
  return membersOf(row).map(({ action, facts }, index) => {
    const to = from + (parts[index] ?? 0);
    const part = { action, facts, calls: calls.slice(from, to), results: results.slice(from, to) };
    from = to;
    return part;
  });
}
