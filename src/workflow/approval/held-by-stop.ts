import type { Remediation } from '../../domain/remediation.ts';
import { after, isPast } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';

/**
 * Whether a stop keeps an approved remediation where it is. It is looked at again a little later, and expires meanwhile as
 * any that waits too long. That nothing begins while Firebreak is stopped is the commit's to hold; this spares the looks
 * at the cluster.
 */
export async function isHeldByStop(context: WorkflowContext, row: Remediation): Promise<boolean> {
  if (row.state !== 'approved') return false;
  const { approvalTtlSeconds } = context.policy();
  if (isPast(after(row.approvedAt, approvalTtlSeconds), context.clock())) return false;
  return (await context.store.stopped()) !== undefined;
}
