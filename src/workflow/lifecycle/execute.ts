import { stoppedText } from '../../domain/incidents/stop.ts';
import type { CallResult } from '../../domain/plan.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast } from '../../domain/text/time.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { brokenText } from '../../stages/verify/conclude.ts';
import type { Applied } from '../applied.ts';
import { verificationPlan, type WorkflowContext } from '../context.ts';
import { pausedReply } from '../lasting/emergency-moves.ts';
import { pauseAgain } from '../lasting/pause-again.ts';
import type { Transition } from '../ports.ts';
import * as advance from './advance.ts';
import * as carryOut from './carry-out.ts';
import { conditionsDuring, conditionsText, secondLook, unknownText } from './conditions.ts';
import { type Begun, conditionsAtFirstWrite } from './first-write.ts';
import { HeldBack } from './held-back.ts';
import { halfWayOffers } from './rollback.ts';
import type { Moment } from './transitions.ts';

type Executing = RemediationIn<'executing'>;

const momentOf = (context: WorkflowContext): Moment => ({ now: context.clock(), policy: context.policy() });

/**
 * Sends the next call that has not been answered yet. Its answer is kept at once, in a move of its own, before the one
 * after it is sent: whatever befalls that, this one is not sent again. One that a PodDisruptionBudget holds up is sent again
 * a little later, until the policy's patience with it is over: each is given all of it, so that a drain of many pods, which
 * gets on, is not broken off. Before the first call all constraints are asked once more, before each other one those that
 * hold while the change takes.
 */
export async function execute(
  context: WorkflowContext,
  row: Executing,
  trying: Omit<Begun, 'results'>,
  signal: AbortSignal,
): Promise<Transition> {
  const results = row.results ?? [];
  const call = row.plan.calls[results.length];
  if (call === undefined) return allAnswered(context, row, results);
  signal.throwIfAborted();
  // A hold begins the count of attempts anew, and what one before it may have sent is remembered over it.
  const inDoubt = trying.attempt > 0 || row.inDoubt === true;
  const inTheWay = await notHolding(context, row, { ...trying, results }, signal);
  if (inTheWay !== undefined)
    return stopped(context, row, results, { said: inTheWay, brokenAt: row.brokenAt, inDoubt });
  // Last of all, so that no look at the cluster lies between the answer and the write.
  const stop = await context.store.stopped();
  if (stop !== undefined) return brokenOff(context, row, results, { why: stoppedText(stop), inDoubt });
  await context.probe('before-write');
  const answer = await context.cluster.apply(call, row.plan.fieldManager, signal, context.fence);
  await context.probe('after-write');
  if (answer.kind === 'late') throw new HeldBack(answer.reason);
  if (answer.kind === 'blocked') return heldUp(context, row, results, { ...answer, inDoubt });
  if (answer.kind === 'refused') {
    const anew = await pauseAgain(context, row, signal);
    return anew ?? brokenOff(context, row, results, { why: redact(answer.reason), inDoubt });
  }
  const answered = [...results, { ...answer.result, warnings: answer.result.warnings.map(redact) }];
  return answered.length < row.plan.calls.length
    ? carryOut.answered(row, answered, momentOf(context), pausedReply(row, answered.length, context.clock()))
    : allAnswered(context, row, answered);
}

function allAnswered(context: WorkflowContext, row: Executing, results: readonly CallResult[]): Transition {
  const { initialDelaySeconds } = verificationPlan(context, row);
  return carryOut.executed(row, results, initialDelaySeconds, momentOf(context));
}

/** A write whose answer was lost may have been done; saying only that it failed would be a guess. */
const doubt = 'Whether the change was made is not known.';

/** Failed because trying again has stopped making sense: with what was answered until then, and the rollback of that. */
export function givenUp(context: WorkflowContext, row: Executing, why: string): Transition {
  return brokenOff(context, row, row.results ?? [], { why, inDoubt: true });
}

/** What does not hold, or what may not be seen any more, which counts as much; undefined where nothing is in the way. */
async function notHolding(
  context: WorkflowContext,
  row: Executing,
  begun: Begun,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { broken, unknown } =
    (await conditionsAtFirstWrite(context, row, begun, signal)) ??
    (await conditionsDuring(context, row, begun.results, signal));
  if (broken.length > 0) return redact(conditionsText(broken));
  return unknown.length > 0 ? redact(unknownText(unknown)) : undefined;
}

function heldUp(
  context: WorkflowContext,
  row: Executing,
  results: readonly CallResult[],
  { reason, afterSeconds, inDoubt }: Extract<Applied, { kind: 'blocked' }> & { readonly inDoubt: boolean },
): Transition {
  const moment = momentOf(context);
  const patience = moment.policy.evictionPatienceSeconds;
  const said = redact(reason);
  const progressAt = row.progressAt ?? row.startedAt;
  if (!isPast(after(progressAt, patience), moment.now)) {
    const waiting = `${said}${progress(row, results)}`;
    return carryOut.heldUp(row, { results, reason: waiting, afterSeconds, progressAt, inDoubt }, moment);
  }
  return brokenOff(context, row, results, { why: `${said} Firebreak has asked for ${patience} s.`, inDoubt });
}

interface InTheWay {
  readonly said: string;
  readonly brokenAt: string | undefined;
  readonly inDoubt: boolean;
}

/**
 * Sends nothing more while a constraint does not hold; found so twice in a row, the change is broken off. What was begun
 * by then is not verified.
 */
function stopped(
  context: WorkflowContext,
  row: Executing,
  results: readonly CallResult[],
  { said, brokenAt, inDoubt }: InTheWay,
): Transition {
  const moment = momentOf(context);
  const why = `Nothing more is sent: ${said}`;
  if (brokenAt !== undefined) {
    const verdict = notVerified(row, said, results, moment);
    return brokenOff(context, row, results, { why, verdict, inDoubt });
  }
  const hold = { results, afterSeconds: secondLook, progressAt: moment.now, brokenAt: moment.now, inDoubt };
  return carryOut.heldUp(row, { ...hold, reason: `${why}${progress(row, results)}` }, moment);
}

/** Undefined where nothing was sent for any of the objects: a pause alone has nothing to be verified. */
function notVerified(
  { plan: { before = 0 } }: Executing,
  said: string,
  results: readonly CallResult[],
  { now }: Moment,
): Verdict | undefined {
  if (results.length <= before) return undefined;
  return { result: 'not_verified', sentence: brokenText(said), decidedAt: now, samples: [] };
}

/** How far a plan of several calls has come, for people who wait for it or have to clear up after it. */
function progress({ plan }: Executing, results: readonly CallResult[]): string {
  const all = plan.calls.length;
  return all === 1 ? '' : ` Done so far: ${results.length} of ${all} steps.`;
}

/** Failed with what was done so far, and with the rollback of that. */
function brokenOff(
  context: WorkflowContext,
  row: Executing,
  results: readonly CallResult[],
  { why, verdict, inDoubt }: { why: string; verdict?: Verdict | undefined; inDoubt: boolean },
): Transition {
  const reason = `${why}${inDoubt ? ` ${doubt}` : ''}${progress(row, results)}`;
  const rollbacks = halfWayOffers(context, row, results, reason);
  const failure = { stage: 'execution', reason, results, inDoubt, ...(verdict && { verdict }) } as const;
  return advance.failed(row, failure, momentOf(context), rollbacks);
}
