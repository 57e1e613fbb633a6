import type { Request } from '../../domain/action.ts';
import type { CallResult, DryRunResult } from '../../domain/plan.ts';
import type { Remediation, RemediationIn } from '../../domain/remediation.ts';
import { canonicalJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { bindingOfAll, evaluateRequest } from '../../stages/evaluate/request.ts';
import { layOut, tooLong } from '../../stages/show/layout.ts';
import { piecesOf } from '../../stages/show/pieces.ts';
import { conclude } from '../../stages/verify/conclude.ts';
import { passGate } from '../approval/gate.ts';
import { faultSentence, verificationPlan, type WorkflowContext } from '../context.ts';
import { onThese } from '../intake/proposals.ts';
import { type Applied, ClusterFault, type Transition } from '../ports.ts';
import { rightOnceSeen } from '../rights/ask.ts';
import { RightUnknown } from '../rights/standing.ts';
import * as advance from './advance.ts';
import * as carryOut from './carry-out.ts';
import { circumstancesOf } from './circumstances.ts';
import { conditionsDuring, conditionsText, type Judged } from './conditions.ts';
import { type GatheredMembers, gatherMembers, kept, planAll } from './members.ts';
import { diagnose, sampleMembers, underConditions, watchConditions } from './observe.ts';
import { halfWayOffers, rollbackOffers } from './rollback.ts';
import { show } from './showing.ts';
import type { Moment } from './transitions.ts';

/**
 * Attempts at one step after which a cluster that cannot be asked ends the remediation instead of being
 * asked again. A write gets more: it may have been applied, and reading it back is worth the wait.
 */
const patience = { requested: 4, evaluated: 4, approved: 6, executing: 12 } as const;

/**
 * Attempts after which a fault of our own is told to people too: whatever it is, a tenth time will not cure it, and
 * a card that never moves is the worst answer.
 */
const lastStraw = 10;

function patienceWith(fault: unknown, state: keyof typeof patience): number {
  // A right that cannot be checked waits until the approval is too old; the gate ends it then.
  if (fault instanceof RightUnknown && state === 'approved') return Number.POSITIVE_INFINITY;
  return fault instanceof ClusterFault ? patience[state] : Math.max(lastStraw, patience[state]);
}

const momentOf = (context: WorkflowContext): Moment => ({ now: context.clock(), policy: context.policy() });

/**
 * Does the outside work that a remediation's state calls for and says how the row moves on. No transaction is
 * open meanwhile, and everything here may be done twice. Undefined: the state waits for people, or is final.
 *
 * @param attempt how many times this step has been tried, from 0
 * @throws ClusterFault when the cluster cannot be asked and trying again makes sense
 */
export async function perform(
  context: WorkflowContext,
  row: Remediation,
  attempt: number,
  signal: AbortSignal,
): Promise<Transition | undefined> {
  switch (row.state) {
    case 'requested':
      return orGiveUp(context, row, attempt, 'evaluation', () => evaluateRow(context, row, signal));
    case 'evaluated':
      return orGiveUp(context, row, attempt, 'dry run', () => performDryRun(context, row, signal));
    case 'waiting':
      return show(context, row, momentOf(context));
    case 'approved':
      return orGiveUp(context, row, attempt, 'execution', () => passGate(context, row, signal));
    case 'executing':
      return orGiveUp(context, row, attempt, 'execution', () => execute(context, row, signal));
    case 'verifying':
      return verify(context, row, signal);
    case 'learning':
      return carryOut.learned(row, rollbackOffers(context, row), momentOf(context));
    default:
      return undefined;
  }
}

/** What is said of a step that is given up because processes died of it. */
export const deadlySentence = (deaths: number): string =>
  `Firebreak gave up: ${deaths} of its processes died at this step. Their logs say why.`;

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
    case 'executing':
      return advance.failed(row, { stage: 'execution', reason: `${reason}${doubt}` }, moment);
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

/** A write whose answer was lost may have been done; saying only that it failed would be a guess. */
const doubt = ' Whether the change was made is not known.';

type Trying = RemediationIn<'requested' | 'evaluated' | 'approved' | 'executing'>;

async function orGiveUp(
  context: WorkflowContext,
  row: Trying,
  attempt: number,
  stage: 'evaluation' | 'dry run' | 'execution',
  work: () => Promise<Transition>,
): Promise<Transition> {
  try {
    return await work();
  } catch (fault) {
    if (attempt + 1 < patienceWith(fault, row.state)) throw fault;
    const reason = `${faultSentence(fault)}${row.state === 'executing' ? doubt : ''}`;
    return advance.failed(row, { stage, reason }, momentOf(context));
  }
}

async function evaluateRow(
  context: WorkflowContext,
  row: RemediationIn<'requested'>,
  signal: AbortSignal,
): Promise<Transition> {
  const gathered = await gatherMembers(context.cluster, row.action, signal);
  const moment = momentOf(context);
  if (gathered.kind !== 'members')
    return advance.unavailable(row, redact(gathered.reason), moment, insteadOf(row.action, gathered));
  const { members } = gathered;
  const asking = await rightOnceSeen(context, row, members[0].facts);
  if (asking.kind === 'unknown') throw new RightUnknown(asking.reason);
  if (asking.kind === 'refused') return advance.unavailable(row, asking.reason, moment);
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
  const digest = context.sha256(canonicalJson(bindingOfAll(judged, members)));
  const outcome = { spec: judged.spec, ...kept(row.action, members), circumstances, digest };
  return advance.judged(row, outcome, moment);
}

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
  const gathered = await gatherMembers(context.cluster, row.action, signal);
  if (gathered.kind !== 'members') {
    return advance.failed(row, { stage: 'dry run', reason: redact(gathered.reason) }, momentOf(context));
  }
  const planned = planAll(gathered.members, { remediationId: row.id, stamp: row.createdAt });
  if (planned.kind === 'refused') {
    return advance.failed(row, { stage: 'dry run', reason: planned.reason }, momentOf(context));
  }
  const dryRun = redactedRun(await context.cluster.dryRun(planned.plan, signal));
  return dryRunEnded(row, dryRun, momentOf(context));
}

/** What people would approve is laid out before anybody is asked: what cannot be shown whole is not asked for. */
function dryRunEnded(row: RemediationIn<'evaluated'>, dryRun: DryRunResult, moment: Moment): Transition {
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
    ? { ...dryRun, sentence, warnings: dryRun.warnings.map((warning) => redact(warning)) }
    : { ...dryRun, sentence };
}

/**
 * Sends the calls that have not been answered yet. One that a PodDisruptionBudget holds up is sent again a little
 * later, in a step of its own, until the policy's patience with it is over: each is given all of it, so that a drain of
 * many pods, which gets on, is not broken off. Before each call the constraints are looked at that hold while it takes.
 */
async function execute(
  context: WorkflowContext,
  row: RemediationIn<'executing'>,
  signal: AbortSignal,
): Promise<Transition> {
  const results: CallResult[] = [...(row.results ?? [])];
  let brokenAt = row.brokenAt;
  for (const call of row.plan.calls.slice(results.length)) {
    signal.throwIfAborted();
    const { broken } = await conditionsDuring(context, row, results, signal);
    if (broken.length > 0) return stopped(context, row, results, { broken, brokenAt });
    brokenAt = undefined;
    await context.probe('before-write');
    const answer = await context.cluster.apply(call, row.plan.fieldManager, signal);
    await context.probe('after-write');
    if (answer.kind === 'blocked') return heldUp(context, row, results, answer);
    if (answer.kind === 'refused') return brokenOff(context, row, results, redact(answer.reason));
    results.push({ ...answer.result, warnings: answer.result.warnings.map(redact) });
  }
  return carryOut.executed(
    row,
    results,
    verificationPlan(context, row).initialDelaySeconds,
    momentOf(context),
  );
}

function heldUp(
  context: WorkflowContext,
  row: RemediationIn<'executing'>,
  results: readonly CallResult[],
  { reason, afterSeconds }: Extract<Applied, { kind: 'blocked' }>,
): Transition {
  const moment = momentOf(context);
  const patience = moment.policy.evictionPatienceSeconds;
  const said = redact(reason);
  const gotOn = results.length > (row.results?.length ?? 0);
  const progressAt = gotOn ? moment.now : (row.progressAt ?? row.startedAt);
  if (!isPast(after(progressAt, patience), moment.now)) {
    const waiting = `${said}${progress(row, results)}`;
    return carryOut.heldUp(row, { results, reason: waiting, afterSeconds, progressAt }, moment);
  }
  return brokenOff(context, row, results, `${said} Firebreak has asked for ${patience} s.`);
}

/** Seconds until a constraint that does not hold is looked at once more: a pod that is replaced may dip below it. */
const secondLook = 5;

/** Sends nothing more while a constraint does not hold; found so twice in a row, the change is broken off. */
function stopped(
  context: WorkflowContext,
  row: RemediationIn<'executing'>,
  results: readonly CallResult[],
  {
    broken,
    brokenAt,
  }: { readonly broken: readonly Judged<'broken'>[]; readonly brokenAt: string | undefined },
): Transition {
  const said = `Nothing more is sent: ${redact(conditionsText(broken))}`;
  if (brokenAt !== undefined) return brokenOff(context, row, results, said);
  const moment = momentOf(context);
  const hold = { results, afterSeconds: secondLook, progressAt: moment.now, brokenAt: moment.now };
  return carryOut.heldUp(row, { ...hold, reason: `${said}${progress(row, results)}` }, moment);
}

/** How far a plan of several calls has come, for people who wait for it or have to clear up after it. */
function progress({ plan }: RemediationIn<'executing'>, results: readonly CallResult[]): string {
  const all = plan.calls.length;
  return all === 1 ? '' : ` Done so far: ${results.length} of ${all} steps.`;
}

/** Failed with what was done so far, and with the rollback of that. */
function brokenOff(
  context: WorkflowContext,
  row: RemediationIn<'executing'>,
  results: readonly CallResult[],
  why: string,
): Transition {
  const reason = `${why}${progress(row, results)}`;
  const rollbacks = halfWayOffers(context, row, results, reason);
  return advance.failed(row, { stage: 'execution', reason, results }, momentOf(context), rollbacks);
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
  return carryOut.concluded(row, { verdict, diagnosis }, momentOf(context));
}
