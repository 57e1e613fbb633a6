import type { Aftermath, BegunPause } from '../../domain/manifest/emergency.ts';
import type { GitChange } from '../../domain/manifest/git-change.ts';
import { requestWord } from '../../domain/manifest/request-name.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { deadlySentence, mostDeaths } from '../deaths.ts';
import { inItsPlace } from '../lifecycle/whereabouts.ts';
import { type Claim, ClusterFault, type Wake } from '../ports.ts';
import { RepositoryFault } from '../repositories-port.ts';
import type { Progress, StoredAftermath } from './aftermath-port.ts';
import { endPause, leftOn, pauseDue } from './pause-end.ts';
import { type Begun, begunOf, requestAfter } from './request-after.ts';
import { lookForChange, nothingThere, type Written, writtenOf } from './whether-written.ts';

/** Seconds until a step is tried again that could not be done. */
const [soon, later] = [5, 60];

/**
 * Answers the wake of what an emergency has left to do, one step at a time: the pull request is opened and followed, and the
 * pause ends at its time, when the cluster has what was merged, or when nothing was changed after all. A step that processes
 * died of is given up, and that is told; what else is left to do goes on.
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
  await context.probe('begin:aftermath');
  const deaths = wake.deaths ?? 0;
  const found = await inItsPlace(context, row, signal, async (here) =>
    deaths < mostDeaths
      ? progressOf(here, row, stored, signal)
      : abandoned(row, stored, deadlySentence(deaths), here.clock()),
  );
  const progress =
    found.kind === 'done'
      ? found.came
      : { aftermath: stored.aftermath, dueAt: after(context.clock(), found.seconds) };
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
  const written = begun === undefined ? 'not yet' : writtenOf(row, begun, aftermath);
  if (begun === undefined || written === 'not yet') return { aftermath, dueAt: after(now, soon) };
  if (written === 'no' && request.step !== 'ended')
    return { aftermath: { ...aftermath, request: nothingThere(begun) }, dueAt: now };
  if (pause?.step === 'begun' && isOver(aftermath, pause, written, now))
    return endPause(context, begun, aftermath, pause, signal);
  if (request.step === 'ended')
    return { aftermath, dueAt: pause?.step === 'begun' ? pauseDue(pause) : undefined };
  const following = { ...aftermath, request };
  return written === 'in doubt'
    ? lookForChange(context, row, begun, following, signal)
    : followed(context, begun, following, signal);
}

/**
 * At its time, when nothing was changed after all, or when the repository says the same as the cluster; where that was tried
 * and not taken, once it is tried again.
 */
function isOver({ request }: Aftermath, pause: BegunPause, written: Written, now: string): boolean {
  if (pause.unended !== undefined) return isPast(pause.unended.nextAt, now);
  const isApplied = request.step === 'ended' && request.applied === true;
  return written === 'no' || isPast(pause.until, now) || isApplied;
}

/** Gives up the one step that was due; the other goes on. */
function abandoned(row: Remediation, { aftermath }: StoredAftermath, why: string, now: string): Progress {
  const { request, pause } = aftermath;
  const begun = begunOf(row);
  const written = begun === undefined ? 'not yet' : writtenOf(row, begun, aftermath);
  const isPauseDue = pause?.step === 'begun' && isOver(aftermath, pause, written, now);
  if (isPauseDue || (pause?.step === 'begun' && request.step === 'ended'))
    return leftOn(aftermath, pause, why, now);
  return request.step === 'ended'
    ? { aftermath, dueAt: undefined }
    : givenUp(aftermath, 'git' in row ? row.git : undefined, why, now);
}

type Following = Aftermath & { readonly request: Exclude<Aftermath['request'], { step: 'ended' }> };

async function followed(
  context: WorkflowContext,
  row: Begun,
  aftermath: Following,
  signal: AbortSignal,
): Promise<Progress> {
  const { pause } = aftermath;
  const now = context.clock();
  const earliest = (at: string): string =>
    pause?.step === 'begun' && pauseDue(pause) < at ? pauseDue(pause) : at;
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
      ? givenUp(aftermath, row.git, faultSentence(fault), now)
      : { aftermath, dueAt: earliest(after(now, later)) };
  }
}

function givenUp(aftermath: Aftermath, change: GitChange | undefined, why: string, now: string): Progress {
  const { request } = aftermath;
  const word = requestWord('url' in request ? request.url : undefined, change);
  const sentence = `${why} A branch or a request may be there, and is not followed.`;
  return {
    aftermath: { ...aftermath, request: { step: 'ended', sentence } },
    dueAt: now,
    told: { kind: 'reply', headline: `The ${word} is given up`, body: sentence, broadcast: true },
  };
}
