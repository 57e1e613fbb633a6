import type { Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { ownerKey } from '../../domain/owner.ts';
import type { DryRunResult } from '../../domain/plan.ts';
import type { Remediation, RemediationIn } from '../../domain/remediation.ts';
import { canonicalJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { bindingOfAll, evaluateRequest } from '../../stages/evaluate/request.ts';
import { withDryRun } from '../../stages/evaluate/unasked.ts';
import { boundTo } from '../../stages/locate/bound.ts';
import { layOut, tooLong } from '../../stages/show/layout.ts';
import { piecesOf } from '../../stages/show/pieces.ts';
import { conclude } from '../../stages/verify/conclude.ts';
import { doubtOf, passGate } from '../approval/gate.ts';
import { faultSentence, verificationPlan, type WorkflowContext } from '../context.ts';
import { deadlySentence } from '../deaths.ts';
import { evaluateOrWait } from '../intake/await-cluster.ts';
import { evidenceOnArrival } from '../intake/evidence.ts';
import { onThese } from '../intake/proposals.ts';
import { followRequest } from '../lasting/follow.ts';
import { gitChangeOf } from '../lasting/git-change.ts';
import { ClusterFault, type Transition } from '../ports.ts';
import { rightOnceSeen } from '../rights/ask.ts';
import { RightUnknown } from '../rights/standing.ts';
import * as advance from './advance.ts';
import * as carryOut from './carry-out.ts';
import { circumstancesOf } from './circumstances.ts';
import { execute, givenUp } from './execute.ts';
import { healthyAgain } from './healthy-again.ts';
import { HeldBack } from './held-back.ts';
import { type GatheredMember, type GatheredMembers, gatherMembers, kept, planAll } from './members.ts';
import { diagnose, sampleMembers, underConditions, watchConditions } from './observe.ts';
import { rollbackOffers } from './rollback.ts';
import { show } from './showing.ts';
import type { Moment } from './transitions.ts';

/**
 * Attempts at one step after which a cluster that cannot be asked ends the remediation instead of being
 * asked again. A write gets more: it may have been applied, and reading it back is worth the wait.
 */
const patience = { requested: 4, evaluated: 4, approved: 6, pr_open: 12, executing: 12 } as const;

/**
 * Attempts after which a fault of our own is told to people too: whatever it is, a tenth time will not cure it, and
 * a card that never moves is the worst answer.
 */
const lastStraw = 10;

function patienceWith(fault: unknown, state: keyof typeof patience): number {
  // A right that cannot be checked waits until the approval is too old; the gate ends it then.
  if (fault instanceof RightUnknown && state === 'approved') return Number.POSITIVE_INFINITY;
  if (fault instanceof HeldBack) return Number.POSITIVE_INFINITY;
  return fault instanceof ClusterFault ? patience[state] : Math.max(lastStraw, patience[state]);
}

const momentOf = (context: WorkflowContext): Moment => ({ now: context.clock(), policy: context.policy() });

/**
 * Does the outside work that a remediation's state calls for and says how the row moves on. No transaction is
 * open meanwhile, and everything here may be done twice. Undefined: the state waits for people, or is final. `waits`: what an
 * alert asks for, while its cluster does not answer.
 *
 * @param attempt how many times this step has been tried, from 0
 * @param isOwn whether this process has just committed the row as it is
 * @throws ClusterFault when the cluster cannot be asked and trying again makes sense
 */
export async function perform(
  context: WorkflowContext,
  row: Remediation,
  attempt: number,
  signal: AbortSignal,
  isOwn = false,
): Promise<Transition | 'waits' | undefined> {
  switch (row.state) {
    case 'requested':
      return orGiveUp(context, row, attempt, 'evaluation', () =>
        evaluateOrWait(context, row, { attempt, signal }, () => evaluateRow(context, row, signal)),
      );
    case 'evaluated':
      return orGiveUp(context, row, attempt, 'dry run', () => performDryRun(context, row, signal));
    case 'waiting':
      return (await healthyAgain(context, row, signal)) ?? show(context, row, momentOf(context));
    case 'approved':
      return orGiveUp(context, row, attempt, 'execution', () => passGate(context, row, signal));
    case 'pr_open':
      return orGiveUp(context, row, attempt, 'execution', () => followRequest(context, row, signal));
    case 'executing':
      return orGiveUp(context, row, attempt, 'execution', () =>
        execute(context, row, { attempt, isOwn }, signal),
      );
    case 'verifying':
      return verify(context, row, signal);
    case 'learning':
      return carryOut.learned(row, rollbackOffers(context, row), momentOf(context));
    default:
      return undefined;
  }
}

/** Ends a remediation without doing its step, because processes died of it. */
export function abandon(context: WorkflowContext, row: Remediation, deaths: number): Transition | undefined {
  const moment = momentOf(context);
  const reason = deadlySentence(deaths);
  switch (row.state) {
    case 'requested':
      return advance.failed(row, { stage: 'evaluation', reason }, moment);
    case 'evaluated':
      return advance.failed(row, { stage: 'dry run', reason }, moment);
    case 'approved':
      return advance.failed(row, { stage: 'execution', reason }, moment);
    case 'pr_open':
      return advance.failed(row, { stage: 'execution', reason: `${reason}${doubtAbout(row)}` }, moment);
    case 'executing':
      return givenUp(context, row, reason);
    case 'verifying': {
      const { samples } = row;
      const verdict = { result: 'inconclusive', sentence: reason, decidedAt: moment.now, samples } as const;
      return carryOut.concluded(row, { verdict }, moment);
    }
    case 'learning':
      return carryOut.learned(row, [], moment);
    default:
      return undefined;
  }
}

type Trying = RemediationIn<'requested' | 'evaluated' | 'approved' | 'pr_open' | 'executing'>;

async function orGiveUp<T>(
  context: WorkflowContext,
  row: Trying,
  attempt: number,
  stage: 'evaluation' | 'dry run' | 'execution',
  work: () => Promise<T>,
): Promise<T | Transition> {
  try {
    return await work();
  } catch (fault) {
    if (attempt + 1 < patienceWith(fault, row.state)) throw fault;
    const reason = faultSentence(fault);
    if (row.state === 'executing') return givenUp(context, row, reason);
    return advance.failed(row, { stage, reason: `${reason}${doubtAbout(row)}` }, momentOf(context));
  }
}

/** A request whose answer was lost may be there, and whoever merges it must know that nobody follows it. */
const doubtAbout = ({ state }: Trying): string =>
  state === 'pr_open' ? ' A branch or a request may be there, and is not followed.' : '';

async function evaluateRow(
  context: WorkflowContext,
  row: RemediationIn<'requested'>,
  signal: AbortSignal,
): Promise<Transition> {
  const gathering = gatherMembers(context.cluster, row.action, signal, 'shared');
  const [gathered, evidence] = await Promise.all([
    gathering,
    evidenceOnArrival(context, row, gathering, signal),
  ]);
  const moment = momentOf(context);
  if (gathered.kind !== 'members')
    return advance.unavailable(row, redact(gathered.reason), moment, insteadOf(row.action, gathered));
  const { members } = gathered;
  const asking = await rightOnceSeen(context, row, members[0].facts);
  if (asking.kind === 'unknown') throw new RightUnknown(asking.reason);
  if (asking.kind === 'refused') return advance.unavailable(row, asking.reason, moment);
  const doubt = isNextStep(row) ? doubtOf(context, row, members) : undefined;
  if (doubt !== undefined) return advance.unavailable(row, doubt, moment);
  const { now, policy } = moment;
  const circumstances = await circumstancesOf(context, row, members, now);
  const judged = evaluateRequest({
    id: context.newId(),
    now,
    request: row.action,
    members,
    policy,
    circumstances,
  });
  const git = await gitChangeOf(context, judged.spec, members, signal);
  const digest = context.sha256(canonicalJson(boundTo(bindingOfAll(judged, members), git)));
  const seen = { ...kept(row.action, members), circumstances, ...(git === undefined ? {} : { git }) };
  const outcome = { spec: judged.spec, ...seen, digest };
  const owner = soleOwner(row.cluster, members);
  const moved = advance.judged(row, outcome, moment, {
    ...(owner === undefined ? {} : { owner }),
    ...(evidence === undefined ? {} : { evidence }),
  });
  if (moved.next.state === 'evaluated' && moved.next.spec.dryRunRequired)
    context.justSeen?.keep(moved.next, members);
  return moved;
}

/** Whose incident it is; nobody's where several owners are concerned. */
function soleOwner(cluster: string, members: readonly Case[]): string | undefined {
  const [key, ...others] = new Set(members.map((member) => ownerKey(cluster, member)));
  return others.length === 0 ? key : undefined;
}

/** What an alert asks for was looked at in triage; of a step after another it is asked here whether it is still so. */
const isNextStep = ({ requestedBy }: Remediation): boolean =>
  requestedBy.kind === 'playbook' && requestedBy.tried !== undefined;

/** The same on objects that are there and may have been meant. */
const insteadOf = (asked: Request, gathered: Exclude<GatheredMembers, { kind: 'members' }>): Request[] =>
  gathered.kind === 'absent' ? onThese(asked, gathered.alike ?? [], gathered.missing) : [];

async function performDryRun(
  context: WorkflowContext,
  row: RemediationIn<'evaluated'>,
  signal: AbortSignal,
): Promise<Transition> {
  if (!row.spec.dryRunRequired) {
    const sentence = 'No dry run: the policy asks for none at this score.';
    return dryRunEnded(row, { kind: 'skipped', sentence }, momentOf(context));
  }
  const judged = context.justSeen?.take(row);
  const first = judged && (await rehearse(context, row, judged, signal));
  // What was judged may have changed since, and is refused for that alone.
  if (first?.kind === 'accepted') return dryRunEnded(row, first, momentOf(context));
  const gathered = await gatherMembers(context.cluster, row.action, signal);
  const dryRun =
    gathered.kind === 'members'
      ? await rehearse(context, row, gathered.members, signal)
      : ({ kind: 'unplanned', reason: redact(gathered.reason) } as const);
  if (dryRun.kind !== 'unplanned') return dryRunEnded(row, dryRun, momentOf(context));
  return advance.failed(row, { stage: 'dry run', reason: dryRun.reason }, momentOf(context));
}

type Rehearsed = DryRunResult | { readonly kind: 'unplanned'; readonly reason: string };

/** What the API server says to the plan for these objects, or why there is no plan. */
async function rehearse(
  { cluster }: WorkflowContext,
  row: RemediationIn<'evaluated'>,
  members: readonly GatheredMember[],
  signal: AbortSignal,
): Promise<Rehearsed> {
  const planned = planAll(members, { remediationId: row.id, stamp: row.createdAt });
  if (planned.kind === 'refused') return { kind: 'unplanned', reason: planned.reason };
  return redactedRun(await cluster.dryRun(planned.plan, signal));
}

/** What people would approve is laid out before anybody is asked: what cannot be shown whole is not asked for. */
function dryRunEnded(judged: RemediationIn<'evaluated'>, dryRun: DryRunResult, moment: Moment): Transition {
  const row = { ...judged, spec: withDryRun(judged.spec, dryRun) };
  const layout = layOut(piecesOf(row, dryRun));
  const reason = tooLong(layout);
  return reason === undefined || dryRun.kind === 'refused'
    ? advance.dryRunEnded(row, dryRun, layout, moment)
    : advance.unshowable(row, dryRun, reason, moment);
}

/** Admission webhooks write what they like into refusals and warnings. */
function redactedRun(dryRun: DryRunResult): DryRunResult {
  const sentence = redact(dryRun.sentence);
  return dryRun.kind === 'accepted'
    ? { ...dryRun, sentence, ...redactedTexts(dryRun) }
    : { ...dryRun, sentence };
}

function redactedTexts({ warnings, rewritten }: Extract<DryRunResult, { kind: 'accepted' }>) {
  const plain = (texts: readonly string[]) => texts.map((text) => redact(text));
  return {
    warnings: plain(warnings),
    ...(rewritten === undefined ? {} : { rewritten: plain(rewritten) }),
  };
}

async function verify(
  context: WorkflowContext,
  row: RemediationIn<'verifying'>,
  signal: AbortSignal,
): Promise<Transition> {
  const [{ sample, failing }, conditions] = await Promise.all([
    sampleMembers(context, row, signal),
    watchConditions(context, row, signal),
  ]);
  const samples = [...row.samples, underConditions(sample, conditions)];
  const moment = momentOf(context);
  const plan = verificationPlan(context, row);
  const next = conclude({ plan, samples, appliedAt: row.appliedAt, now: moment.now });
  if (next.kind === 'continue') return carryOut.looked(row, samples, next.afterSeconds, moment);
  const { verdict } = next;
  if (verdict.result === 'verified') return carryOut.concluded(row, { verdict }, moment);
  const diagnosis = await diagnose(context, failing, signal);
  const explained = { ...verdict, stderr: diagnosis };
  return carryOut.concluded(row, { verdict: explained, diagnosis }, momentOf(context));
}
