import { ownerText } from '../../domain/facts/manifest-source.ts';
import { driftOf, driftWriters } from '../../domain/incidents/drift.ts';
import { stoppedText } from '../../domain/incidents/stop.ts';
import type { Aftermath, Pause } from '../../domain/manifest/emergency.ts';
import { isFinal, planParts, type Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { HeldBack } from '../lifecycle/held-back.ts';
import { atItsCluster } from '../lifecycle/whereabouts.ts';
import { type Claim, ClusterFault, type Wake } from '../ports.ts';
import { RepositoryFault } from '../repositories-port.ts';
import type { AftermathStep, StoredAftermath } from './aftermath-port.ts';
import { type Begun, begunOf, requestAfter } from './request-after.ts';

/** Seconds until a step is tried again that could not be done. */
const [soon, later] = [5, 60];

/** Seconds for which a step of another cluster is left to whoever is there. */
const untilOthers = 5 * 60;

type Progress = Omit<AftermathStep, 'steps'>;

/**
 * Answers the wake of what an emergency has left to do, one step at a time: the pull request is opened and followed, and the
 * pause ends at its time, when the cluster has what was merged, or when nothing was changed after all.
 */
export async function stepAfterwards(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const [row, stored] = await Promise.all([context.store.load(wake.id), context.store.aftermath(wake.id)]);
  if (row === undefined || stored?.dueAt === undefined || stored.steps !== wake.version)
    return context.store.dismiss(claim);
  const here = await atItsCluster(context, row, signal);
  await context.probe('begin:aftermath');
  const progress =
    here === undefined
      ? { aftermath: stored.aftermath, dueAt: after(context.clock(), untilOthers) }
      : await progressOf(here, row, stored, signal);
  signal.throwIfAborted();
  await context.probe('worked:aftermath');
  const step = { steps: stored.steps, ...progress };
  if ((await context.store.settleAftermath(row, step, claim)) === 'stale') await context.store.dismiss(claim);
  await context.probe('committed:aftermath');
}

async function progressOf(
  context: WorkflowContext,
  row: Remediation,
  { aftermath }: StoredAftermath,
  signal: AbortSignal,
): Promise<Progress> {
  const now = context.clock();
  const begun = begunOf(row);
  const { request, pause } = aftermath;
  const isWritten = begun !== undefined && hasWritten(begun);
  // Whether the change will be written is not known yet.
  if (begun === undefined || (!isWritten && !isFinal(row.state)))
    return { aftermath, dueAt: after(now, soon) };
  if (!isWritten && request.step !== 'ended') {
    const ended = { step: 'ended', sentence: 'Nothing was changed, so no pull request was opened.' } as const;
    return { aftermath: { ...aftermath, request: ended }, dueAt: now };
  }
  if (pause?.step === 'begun' && isOver(aftermath, pause, isWritten, now))
    return endPause(context, begun, aftermath, pause, signal);
  if (request.step === 'ended')
    return { aftermath, dueAt: pause?.step === 'begun' ? pause.until : undefined };
  return followed(context, begun, { ...aftermath, request }, signal);
}

/** At its time, when nothing was changed after all, or when the repository says the same as the cluster. */
const isOver = (
  { request }: Aftermath,
  { until }: Pause & { step: 'begun' },
  isWritten: boolean,
  now: string,
) => !isWritten || isPast(until, now) || (request.step === 'ended' && request.applied === true);

/** Whether a call for one of the objects was answered. */
const hasWritten = (row: Begun): boolean =>
  planParts(row, row.results ?? []).some(({ results }) => results.length > 0);

type Following = Aftermath & { readonly request: Exclude<Aftermath['request'], { step: 'ended' }> };

async function followed(
  context: WorkflowContext,
  row: Begun,
  aftermath: Following,
  signal: AbortSignal,
): Promise<Progress> {
  const { pause } = aftermath;
  const now = context.clock();
  const earliest = (at: string): string => (pause?.step === 'begun' && pause.until < at ? pause.until : at);
  try {
    const { request, told, afterSeconds } = await requestAfter(context, row, aftermath.request, signal);
    return {
      aftermath: { ...aftermath, request },
      dueAt: earliest(after(now, request.step === 'ended' ? 0 : afterSeconds)),
      ...(told === undefined ? {} : { told: { kind: 'reply', ...told } }),
    };
  } catch (fault) {
    if (signal.aborted || !(fault instanceof RepositoryFault || fault instanceof ClusterFault)) throw fault;
    context.log.warn(
      { remediation: row.number, fault: faultSentence(fault) },
      'The pull request after an emergency could not be seen to; trying again',
    );
    return isPast(after(row.startedAt, context.policy().gitOps.mergeHours * 3600), now)
      ? givenUp(aftermath, faultSentence(fault), now)
      : { aftermath, dueAt: earliest(after(now, later)) };
  }
}

function givenUp(aftermath: Aftermath, why: string, now: string): Progress {
  const sentence = `${why} A branch or a request may be there, and is not followed.`;
  return {
    aftermath: { ...aftermath, request: { step: 'ended', sentence } },
    dueAt: now,
    told: { kind: 'reply', headline: 'The pull request is given up', body: sentence, broadcast: true },
  };
}

/** Puts the switch back as it was, unless somebody has touched it since or it may not be written: that is told, and left to people. */
async function endPause(
  context: WorkflowContext,
  row: Begun,
  aftermath: Aftermath,
  pause: Pause & { step: 'begun' },
  signal: AbortSignal,
): Promise<Progress> {
  const stop = await context.store.stopped();
  if (stop !== undefined) throw new HeldBack(stoppedText(stop));
  await context.probe('before-pause-end');
  const answer = await context.cluster.apply(pause.end, row.plan.fieldManager, signal, context.fence);
  await context.probe('after-pause-end');
  if (answer.kind === 'late') throw new HeldBack(answer.reason);
  if (answer.kind === 'blocked') return { aftermath, dueAt: after(context.clock(), answer.afterSeconds) };
  const { owner } = pause;
  const isBack = answer.kind === 'applied';
  const sentence = isBack
    ? `The automatic sync of ${ownerText(owner)} is as it was before.`
    : `The automatic sync of ${ownerText(owner)} was not put back${await whoElse(context, row, signal)}: ${redact(answer.reason)}`;
  const { request } = aftermath;
  return {
    aftermath: { ...aftermath, pause: { step: 'ended', owner, sentence } },
    dueAt: request.step === 'ended' ? undefined : context.clock(),
    told: {
      kind: 'reply',
      headline: isBack ? 'Pause over' : 'Look at the pause',
      body: sentence,
      broadcast: !isBack,
    },
  };
}

async function whoElse(context: WorkflowContext, { plan }: Begun, signal: AbortSignal): Promise<string> {
  const begun = plan.calls.slice(0, plan.before ?? 0);
  const seen = await context.cluster.drifted({ ...plan, calls: begun }, signal);
  const drift = driftOf(seen);
  return drift === undefined ? '' : `, since it was written by ${redact(driftWriters(drift))}`;
}
