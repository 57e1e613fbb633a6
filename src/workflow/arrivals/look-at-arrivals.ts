import { lookAt } from '../../actions/grammar/look.ts';
import { chartLines, type Measured } from '../../domain/incidents/chart.ts';
import type { Evidence } from '../../domain/incidents/evidence.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { clusterNamed, clustersOf } from '../clusters.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { evidenceNotice, evidenceOf, nothingSeen } from '../intake/evidence.ts';
import type { Arrival, Arrivals } from './arrivals-port.ts';
import type { Measures } from './measures-port.ts';

/** Incidents that are looked at side by side: each asks the cluster for some ten objects and logs. */
const atOnce = 4;

/** Seconds between looks for more when nothing rings, and after a fault. */
const [idle, retry] = [30, 2];

/** What came so long ago is not what is seen now. Seconds. */
const oldest = 600;

/** `measures`: absent where no Prometheus is named. */
type Looking = Pick<WorkflowContext, 'cluster' | 'clusters' | 'clock' | 'log' | 'peopleFirst'> & {
  readonly measures?: Measures | undefined;
};

/**
 * Looks at what incidents are about for which nothing is proposed, or that could not be looked at beside their proposal, until
 * the signal aborts. Nobody waits for it: neither intake nor a proposal.
 */
export async function lookAtArrivals(
  context: Looking,
  arrivals: Arrivals,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await context.peopleFirst?.afterPeople();
      const taken = await arrivals.take(atOnce);
      const settled = await Promise.all(taken.map((each) => lookAtOne(context, arrivals, each, signal)));
      // What only another replica can see would be taken again and again.
      if (!settled.includes(true)) await arrivals.wait(idle, signal);
    } catch (fault) {
      if (signal.aborted) return;
      context.log.warn({ fault: faultSentence(fault) }, 'Incidents could not be looked at; trying again');
      await arrivals.wait(retry, signal);
    }
  }
}

/** True where it is settled; false where it is left to the Firebreak at its cluster. */
async function lookAtOne(
  context: Looking,
  arrivals: Arrivals,
  arrival: Arrival,
  signal: AbortSignal,
): Promise<boolean> {
  const { ownerKey, cameAt, isSeen } = arrival;
  const isElsewhere = clusterNamed(context, clusterIn(ownerKey)) === undefined;
  if (isElsewhere && !isPast(after(cameAt, oldest), context.clock())) return false;
  const [evidence, measured] = await Promise.all([
    isSeen ? undefined : seenOf(context, arrival, signal),
    measuredOf(context, arrival, signal),
  ]);
  if (evidence === undefined && !isSeen) return false;
  signal.throwIfAborted();
  await arrivals.settle(arrival, {
    ...(evidence === undefined
      ? {}
      : { evidence: { found: evidence, notice: evidenceNotice(evidence, cameAt) } }),
    ...(measured === undefined
      ? {}
      : { measured: { found: measured, notice: measuredNotice(measured, cameAt) } }),
  });
  return true;
}

/** Of an owner's key: names of clusters may have slashes. */
const clusterIn = (ownerKey: string): string => ownerKey.split('/').slice(0, -3).join('/');

/** Prometheus is that of the cluster at hand: an object of the same name in another one is not what it measures. */
async function measuredOf(
  context: Looking,
  { ownerKey }: Arrival,
  signal: AbortSignal,
): Promise<Measured | undefined> {
  const { measures, clock } = context;
  if (measures === undefined || clusterIn(ownerKey) !== clustersOf(context)[0].name) return undefined;
  const at = clock();
  const { charts, missing } = await measures.before(ownerKey, at, signal);
  return { at, charts: [...charts], missing: missing.map((each) => cut(redact(each), 300)) };
}

/** In words, with the charts beside them. */
function measuredNotice({ charts, missing }: Measured, near: string) {
  const lines = charts.flatMap((each) => chartLines(each, near));
  return {
    kind: 'reply' as const,
    headline: 'The hour before',
    body: [...lines, ...(missing.length === 0 ? [] : [`Not seen: ${missing.join('; ')}`])].join('\n'),
    broadcast: false,
    ...(charts.length === 0 ? {} : { charts }),
  };
}

/** What came too long ago to be looked at may have been left to a Firebreak that is not there. */
const whyLate = (context: Looking, cluster: string): string =>
  clusterNamed(context, cluster) === undefined
    ? `its cluster, ${cluster}, is not configured here, and no other Firebreak has looked at it`
    : 'more incidents came at once than could be looked at';

async function seenOf(
  context: Looking,
  { ownerKey, cameAt }: Arrival,
  signal: AbortSignal,
): Promise<Evidence | undefined> {
  const at = context.clock();
  const look = lookAt(ownerKey);
  const [name = ownerKey, kind = 'an object'] = ownerKey.split('/').toReversed();
  const target = `${kind}/${name}`;
  if (isPast(after(cameAt, oldest), at)) {
    return { at, target, ...nothingSeen, missing: [`${target}: ${whyLate(context, clusterIn(ownerKey))}`] };
  }
  if (look === undefined)
    return { at, target, ...nothingSeen, missing: [`${target}: nothing is read of objects of this kind`] };
  const cluster = clusterNamed(context, look.cluster);
  return cluster === undefined
    ? undefined
    : evidenceOf({ clock: context.clock, cluster }, look.action.target, signal);
}
