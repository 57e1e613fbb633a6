import { lookAt } from '../actions/grammar/look.ts';
import { asksForHealth, endingOf, type Health, type IncidentStanding } from '../domain/incidents/ending.ts';
import { clusterNamed } from './clusters.ts';
import type { WorkflowContext } from './context.ts';
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
  if (isActing && alerts > 0 && firing === 0) await withdrawHealthy(context, wake.id, signal);
  const health = asksForHealth(seen) ? await healthOf(context, seen, signal) : 'unknown';
  signal.throwIfAborted();
  const ending = endingOf(seen, { now: context.clock(), ends: context.policy().incidents, health });
  await context.probe('worked:end');
  if ((await store.settleEnding(wake.id, { seen, ending }, claim)) === 'stale') await store.dismiss(claim);
}

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
    const gathered = await gatherMembers(cluster, look.action, signal);
    if (gathered.kind !== 'members') return 'unknown';
    return healthBy[claimOf(context, 'unhealthy', gathered.members).kind];
  } catch (fault) {
    if (fault instanceof ClusterFault) return 'unasked';
    throw fault;
  } finally {
    release();
  }
}
