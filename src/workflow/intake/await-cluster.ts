import type { Incident } from '../../domain/incidents/incident.ts';
import { after, isPast } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import { ClusterFault } from '../ports.ts';
import type { Triage } from '../proposal.ts';
import { triageThere } from './triage-there.ts';

/** Seconds until a cluster that did not answer is asked about an alert again. */
export const waitSeconds = 30;

/**
 * Seconds for which an alert waits for its cluster: longer than an API server takes to be replaced, and short enough that
 * people are told in the channel while it matters.
 */
const waitsFor = 600;

/**
 * Triages an alert. Where its cluster has not answered twice it waits, or an outage would end as "no action" and nothing be
 * proposed when it is over; not once the alert is over, or for longer than ten minutes: then people are told.
 *
 * @throws ClusterFault while it is worth being asked again at once
 */
export async function triageOrWait(
  context: WorkflowContext,
  incident: Incident,
  attempt: number,
  signal: AbortSignal,
): Promise<Triage | 'waits'> {
  if (!mayWait(context, incident)) return triageThere(context, incident, attempt, signal);
  try {
    return await triageThere(context, incident, 0, signal);
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || attempt === 0 || signal.aborted) throw fault;
    context.log.warn({ incident: incident.id, err: fault }, 'An alert waits for its cluster to answer');
    return 'waits';
  }
}

const mayWait = ({ clock }: WorkflowContext, { resolvedAt, createdAt }: Incident): boolean =>
  resolvedAt === undefined && !isPast(after(createdAt, waitsFor), clock());
