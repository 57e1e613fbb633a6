import type { RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import type { WorkflowContext } from '../context.ts';
import { claimOn } from '../intake/claimed.ts';
import { ClusterFault, type Transition } from '../ports.ts';
import { withdrawn } from './advance.ts';
import { inItsPlace } from './whereabouts.ts';

/**
 * A card that waits for people is withdrawn when its alert and all that joined it are over and the target is as it should
 * be, or is not there any more. Where the playbook's claim is still true, or cannot be seen, it goes on waiting: alerts end for other reasons, too.
 *
 * @param isLater whether it was looked at before, when the alert was over: then it is healthy since now, as far as was seen
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function healthyAgain(
  context: WorkflowContext,
  row: RemediationIn<'waiting'>,
  signal: AbortSignal,
  isLater = false,
): Promise<Transition | undefined> {
  const { requestedBy, action } = row;
  if (requestedBy.kind !== 'playbook' || requestedBy.claim === undefined) return undefined;
  const resolvedAt = await context.store.resolvedAt(row.incidentId);
  if (resolvedAt === undefined) return undefined;
  const moment = { now: context.clock(), policy: context.policy() };
  const since = clockTime(isLater ? moment.now : resolvedAt, moment.now);
  const { claim } = requestedBy;
  if (claim === 'none') return withdrawn(row, `The alert is over since ${since}.`, moment);
  const { kind, sentence } = await claimOn(context, { claim, action }, signal);
  if (kind === 'absent') return withdrawn(row, `${sentence} The alert is over.`, moment);
  return kind === 'broken'
    ? withdrawn(row, `Healthy since ${since} by itself. ${sentence}`, moment)
    : undefined;
}

/**
 * Looks once more at what waits for people in an incident whose alerts are all over: what was not healthy when they ended may
 * be by now. It is called while the incident is looked at, once a minute as long as the card waits. What cannot be seen now, or
 * has no place at its cluster, is looked at the next time.
 */
export async function withdrawHealthy(
  context: WorkflowContext,
  incidentId: string,
  signal: AbortSignal,
): Promise<void> {
  for (const row of await context.store.waitingIn(incidentId)) {
    try {
      const at = await inItsPlace(context, row, signal, (here) => healthyAgain(here, row, signal, true));
      signal.throwIfAborted();
      if (at.kind === 'done' && at.came !== undefined) await context.store.transition(row, at.came);
    } catch (fault) {
      if (!(fault instanceof ClusterFault)) throw fault;
    }
  }
}
