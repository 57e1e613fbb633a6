import type { Incident } from '../../domain/incidents/incident.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { after, isPast } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import { ClusterFault } from '../ports.ts';
import type { Triage } from '../proposal.ts';
import { triageThere } from './triage-there.ts';

/** Seconds until a cluster that did not answer is asked again for an alert. */
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
  if (!isWorthWaiting(incident, context.clock())) return triageThere(context, incident, attempt, signal);
  try {
    return await triageThere(context, incident, 0, signal);
  } catch (fault) {
    if (!isSilence(fault, attempt, signal)) throw fault;
    context.log.warn({ incident: incident.id, err: fault }, 'An alert waits for its cluster to answer');
    return 'waits';
  }
}

/**
 * Evaluates what is asked for. What an alert asks for waits in the same way, or an outage would end it, twice in the channel, and
 * with the cool-down of its owner. A person's own command does not: they hear at once that their cluster does not answer.
 *
 * @throws whatever the evaluation throws, where it does not wait
 */
export async function evaluateOrWait<T>(
  context: WorkflowContext,
  row: RemediationIn<'requested'>,
  { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
  evaluate: () => Promise<T>,
): Promise<T | 'waits'> {
  try {
    return await evaluate();
  } catch (fault) {
    if (!isSilence(fault, attempt, signal) || !isUnasked(row)) throw fault;
    const resolvedAt = await context.store.resolvedAt(row.incidentId);
    if (!isWorthWaiting({ createdAt: row.createdAt, resolvedAt }, context.clock())) throw fault;
    context.log.warn({ remediation: row.number, err: fault }, 'A proposal waits for its cluster to answer');
    return 'waits';
  }
}

/** One hiccup is asked again at once, and a process that is told to stop leaves what it does to the next. */
const isSilence = (fault: unknown, attempt: number, { aborted }: AbortSignal): boolean =>
  fault instanceof ClusterFault && attempt > 0 && !aborted;

/** Somebody waits for the card that takes the place of one that they have decided on, whoever asked for that. */
const isUnasked = ({ requestedBy, replaces }: RemediationIn<'requested'>): boolean =>
  requestedBy.kind === 'playbook' && replaces === undefined;

/** Whether what has been there since an instant waits at another; not once the alert that it is of is over. */
const isWorthWaiting = (
  { createdAt, resolvedAt }: { readonly createdAt: string; readonly resolvedAt?: string | undefined },
  now: string,
): boolean => resolvedAt === undefined && !isPast(after(createdAt, waitsFor), now);
