import { lookAt } from '../actions/grammar/look.ts';
import {
  asksForHealth,
  type Ending,
  endingOf,
  type Health,
  type IncidentStanding,
} from '../domain/incidents/ending.ts';
import { after } from '../domain/text/time.ts';
import { clusterNamed } from './clusters.ts';
import type { WorkflowContext } from './context.ts';
import { deadlySentence, mostDeaths } from './deaths.ts';
import { claimOf } from './intake/claimed.ts';
import { withdrawHealthy } from './lifecycle/healthy-again.ts';
import { gatherMembers } from './lifecycle/members.ts';
import { placeAt } from './lifecycle/whereabouts.ts';
import { type Claim, ClusterFault, type Wake } from './ports.ts';

/**
 * Answers the wake of an incident that is not closed: is it over? Its alerts may be, or what it is about has been healthy for
 * long enough. What cannot be seen is not healthy.
 */
export async function endIncident(
  context: WorkflowContext,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const seen = await store.incidentStanding(wake.id);
  if (seen === undefined || seen.looks !== wake.version) return store.dismiss(claim);
  await context.probe('begin:end');
  const { isActing, alerts, firing } = seen;
  const deaths = wake.deaths ?? 0;
  const isDeadly = deaths >= mostDeaths;
  if (isDeadly) context.log.error({ incident: wake.id, deaths }, deadlySentence(deaths));
  if (!isDeadly && isActing && alerts > 0 && firing === 0) await withdrawHealthy(context, wake.id, signal);
  const health = !isDeadly && asksForHealth(seen) ? await healthOf(context, seen, signal) : 'unknown';
  signal.throwIfAborted();
  const now = context.clock();
  const found = endingOf(seen, { now, ends: context.policy().incidents, health });
  const ending = isDeadly ? rested(found, now) : found;
  await context.probe('worked:end');
  if ((await store.settleEnding(wake.id, { seen, ending }, claim)) === 'stale') await store.dismiss(claim);
}

/** Seconds until an incident is looked at again at which processes died, unless something new is heard of it. */
const rest = 6 * 3600;

/** By our own records it may be over; if it is not, the next look may be as deadly. */
const rested = (ending: Ending, now: string): Ending =>
  ending.kind === 'closed' ? ending : { ...ending, at: after(now, rest) };

/** Of the claim that anything is wrong with it. */
const healthBy = { holds: 'unhealthy', broken: 'healthy', unknown: 'unknown' } as const;

async function healthOf(
  context: WorkflowContext,
  { ownerKey }: IncidentStanding,
  signal: AbortSignal,
): Promise<Health> {
  const look = ownerKey === undefined ? undefined : lookAt(ownerKey);
  if (look === undefined) return 'unknown';
  const cluster = clusterNamed(context, look.cluster);
  if (cluster === undefined) return 'elsewhere';
  const release = placeAt(context, cluster.name);
  if (release === undefined) return 'unasked';
  try {
    const gathered = await gatherMembers(cluster, look.action, signal, 'shared');
    if (gathered.kind !== 'members') return 'unknown';
    return healthBy[claimOf(context, 'unhealthy', gathered.members).kind];
  } catch (fault) {
    if (fault instanceof ClusterFault) return 'unasked';
    throw fault;
  } finally {
    release();
  }
}
