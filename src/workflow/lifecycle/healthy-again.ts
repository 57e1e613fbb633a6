import type { RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import type { WorkflowContext } from '../context.ts';
import { claimOn } from '../intake/claimed.ts';
import type { Transition } from '../ports.ts';
import { withdrawn } from './advance.ts';

/**
 * A card that waits for people is withdrawn when its alert and all that joined it are over and the target is as it should
 * be. Where the playbook's claim is still true, or cannot be seen, it goes on waiting: alerts end for other reasons, too.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function healthyAgain(
  context: WorkflowContext,
  row: RemediationIn<'waiting'>,
  signal: AbortSignal,
): Promise<Transition | undefined> {
  const { requestedBy, action } = row;
  if (requestedBy.kind !== 'playbook' || requestedBy.claim === undefined) return undefined;
  const resolvedAt = await context.store.resolvedAt(row.incidentId);
  if (resolvedAt === undefined) return undefined;
  const moment = { now: context.clock(), policy: context.policy() };
  const since = clockTime(resolvedAt, moment.now);
  const { claim } = requestedBy;
  if (claim === 'none') return withdrawn(row, `The alert is over since ${since}.`, moment);
  const claimed = await claimOn(context, { claim, action }, signal);
  return claimed.kind === 'broken'
    ? withdrawn(row, `Healthy since ${since} by itself. ${claimed.sentence}`, moment)
    : undefined;
}
