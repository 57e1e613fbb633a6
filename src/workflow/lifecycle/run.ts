import { isFinal, type Remediation } from '../../domain/remediation.ts';
import { isPast } from '../../domain/text/time.ts';
import { isHeldByStop } from '../approval/held-by-stop.ts';
import { isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import { deadlySentence, mostDeaths } from '../deaths.ts';
import { lookForDrift } from '../drift/narrate.ts';
import { endIncident } from '../end-incident.ts';
import { isUnasked, triageOrWait, waitSeconds } from '../intake/await-cluster.ts';
import type { Waiting } from '../intake/awaiting-port.ts';
import { triageAsleep, withSubject } from '../intake/triage-asleep.ts';
import { clusterFor } from '../intake/triage-there.ts';
import { stepAfterwards } from '../lasting/aftermath.ts';
import { lookAgain } from '../look-again.ts';
import type { Claim, Wake } from '../ports.ts';
import { withNextStep } from './next-step.ts';
import { abandon, perform } from './perform.ts';
import { timeIsOver } from './time-is-over.ts';
import { atItsCluster, placeAt } from './whereabouts.ts';

/**
 * Answers one wake-up call: loads the row, and if the wake still means something, does one step and commits it
 * together with the end of the job. A wake for an older version is dismissed: somebody else has moved the row.
 *
 * @param row as it was committed, where that was a moment ago and here; else it is loaded
 * @returns that the job is over: every way here ends it
 * @throws whatever the step throws; the engine wakes it again, with back-off
 */
export async function handleWake(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
  row?: Remediation,
): Promise<'ended'> {
  if (isUnawaited(wake)) await context.peopleFirst?.afterPeople();
  switch (wake.kind) {
    case 'step':
      await step(context, wake, claim, { signal, row });
      break;
    case 'expire':
      await expire(context, wake, claim);
      break;
    case 'look':
      await lookAgain(context, wake, claim, signal);
      break;
    case 'drift':
      await lookForDrift(context, wake, claim, signal);
      break;
    case 'aftermath':
      await stepAfterwards(context, wake, claim, signal);
      break;
    case 'end':
      await endIncident(context, wake, claim, signal);
      break;
    case 'triage':
      await triageWake(context, wake, claim, signal);
  }
  return 'ended';
}

/**
 * What is done about alerts, or looked at long after a change: no person waits for it. A step says so by its row. What an
 * emergency has left to do is not put off: a person has begun it, and a pause is to end at its time.
 */
const isUnawaited = ({ kind }: Wake): boolean =>
  kind === 'triage' || kind === 'look' || kind === 'drift' || kind === 'end';

/** What an alert proposes, until it is shown: most of what is to be done in a storm. */
const isProposed = (row: Remediation): boolean =>
  (row.state === 'requested' || row.state === 'evaluated') && isUnasked(row);

/** A step that was lost with its process, or handed over by it, may have been done, as one that failed may; how often says no more. */
const attemptOf = (claim: Claim, { deaths }: Wake): number => claim.attempt + (deaths === undefined ? 0 : 1);

async function step(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  { signal, row: known }: { readonly signal: AbortSignal; readonly row: Remediation | undefined },
): Promise<void> {
  const row = known ?? (await context.store.load(wake.id));
  if (row === undefined || row.version !== wake.version || isFinal(row.state))
    return context.store.dismiss(claim);
  if (isProposed(row)) await context.peopleFirst?.afterPeople();
  await context.probe(`begin:${row.state}`);
  const release = placeAt(context, row.cluster);
  if (release === undefined) return context.store.leave(row, claim, wake.deaths);
  try {
    await stepAtItsCluster(context, { row, wake, isOwn: known !== undefined }, claim, signal);
  } finally {
    release();
  }
}

async function stepAtItsCluster(
  context: WorkflowContext,
  { row, wake, isOwn }: { readonly row: Remediation; readonly wake: Wake; readonly isOwn: boolean },
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const here = await atItsCluster(context, row, signal);
  if (here === undefined) {
    context.log.warn({ remediation: row.number, cluster: row.cluster }, leftSentence(context, row));
    return context.store.leave(row, claim, wake.deaths);
  }
  if (await isHeldByStop(here, row)) return context.store.leave(row, claim, wake.deaths);
  const deaths = wake.deaths ?? 0;
  const moved =
    deaths >= mostDeaths
      ? abandon(context, row, deaths)
      : await perform(here, row, attemptOf(claim, wake), signal, isOwn);
  if (moved === undefined) return context.store.dismiss(claim);
  if (moved === 'waits') return awaits(context, { kind: 'step', of: row }, claim, signal);
  const next = withNextStep(context, row, moved);
  // A claim that was taken away while the step ran belongs to another replica now; the fence would refuse us.
  signal.throwIfAborted();
  await context.probe(`worked:${row.state}`);
  const outcome = await context.store.transition(row, next, claim);
  context.log.info(
    { remediation: row.number, from: row.state, to: next.next.state, event: next.event, outcome },
    `Remediation ${row.number}: ${row.state} to ${next.next.state}`,
  );
  await context.probe(`committed:${row.state}`);
  if (outcome === 'stale') await context.store.dismiss(claim);
}

async function awaits(
  { store, probe }: WorkflowContext,
  waiting: Waiting,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await probe(`waits:${waiting.of.state}`);
  await store.awaitCluster(waiting, claim, waitSeconds);
}

const leftSentence = (context: WorkflowContext, { number, cluster }: Remediation): string =>
  isOneOfSeveral(context)
    ? `Remediation ${number} is for the cluster ${cluster}, which is not configured here or is another one by now: it waits`
    : `Remediation ${number} is for another cluster than the one at hand and is left to the Firebreak there`;

/**
 * The timer went off by the database's clock, which may be ahead of ours: it decides whether the time has come, or a row
 * would wait for the sweeper.
 */
async function expire(context: WorkflowContext, wake: Wake, claim: Claim): Promise<void> {
  const row = await context.store.load(wake.id);
  if (row?.state !== 'waiting' || row.version !== wake.version) return context.store.dismiss(claim);
  const [ours, theirs] = [context.clock(), await context.store.now()];
  const now = isPast(ours, theirs) ? theirs : ours;
  if (!isPast(row.expiresAt, now)) return context.store.dismiss(claim);
  const next = await timeIsOver(context, row, { now, policy: context.policy() });
  const outcome = await context.store.transition(row, next, claim);
  if (outcome === 'stale') await context.store.dismiss(claim);
}

const nothingTaken = (): void => undefined;

async function triageWake(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const incident = await context.store.incident(wake.id);
  if (incident?.state !== 'received' || incident.version !== wake.version)
    return context.store.dismiss(claim);
  await context.probe('begin:received');
  const deaths = wake.deaths ?? 0;
  // What failed once may be the fault of those that came with it: then it is looked at alone.
  if (attemptOf(claim, wake) === 0) await triageAsleep(context, signal);
  const isDeadly = deaths >= mostDeaths;
  const cluster = isDeadly ? undefined : clusterFor(context, incident);
  const release = cluster === undefined ? nothingTaken : placeAt(context, cluster);
  if (release === undefined) return context.store.leave(incident, claim, wake.deaths, 'triage');
  const outcome = isDeadly
    ? ({ kind: 'no_action', reason: deadlySentence(deaths) } as const)
    : await triageOrWait(context, incident, attemptOf(claim, wake), signal).finally(release);
  if (outcome === 'waits') return awaits(context, { kind: 'triage', of: incident, cluster }, claim, signal);
  signal.throwIfAborted();
  await context.probe('worked:received');
  const settled = await context.store.settleTriage(incident, withSubject(incident, outcome), claim);
  await context.probe('committed:received');
  if (settled === 'stale') await context.store.dismiss(claim);
}
