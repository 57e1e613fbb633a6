import type { Incident } from '../../domain/incidents/incident.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { after, isPast } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import { unavailable } from '../lifecycle/advance.ts';
import { ClusterFault, type Transition } from '../ports.ts';
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
 * proposed when it is over; not for longer than ten minutes: then people are told. That it was resolved meanwhile says nothing:
 * an outage often takes along what alerts are measured by, so that it is the cluster that is asked, once it answers.
 *
 * @throws ClusterFault while it is worth being asked again at once
 */
export async function triageOrWait(
  context: WorkflowContext,
  incident: Incident,
  attempt: number,
  signal: AbortSignal,
): Promise<Triage | 'waits'> {
  if (!isWorthWaiting(incident.createdAt, context.clock()))
    return triageThere(context, incident, attempt, signal);
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
 * What waited and was resolved meanwhile is judged all the same, and looked at before it is shown or done; where its playbook
 * claims nothing that could be looked at, the resolution counts. It does so at every attempt, as in triage: whether an alert that
 * is over is acted on hangs on no hiccup.
 *
 * @throws whatever the evaluation throws, where it does not wait
 */
export async function evaluateOrWait(
  context: WorkflowContext,
  row: RemediationIn<'requested'>,
  { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
  evaluate: () => Promise<Transition>,
): Promise<Transition | 'waits'> {
  try {
    const moved = await evaluate();
    return (await overUnclaimed(context, row)) ?? moved;
  } catch (fault) {
    if (!isSilence(fault, attempt, signal) || !isUnasked(row)) throw fault;
    if (!isWorthWaiting(row.createdAt, context.clock())) throw fault;
    context.log.warn({ remediation: row.number, err: fault }, 'A proposal waits for its cluster to answer');
    return 'waits';
  }
}

/** One hiccup is asked again at once, and a process that is told to stop leaves what it does to the next. */
const isSilence = (fault: unknown, attempt: number, { aborted }: AbortSignal): boolean =>
  fault instanceof ClusterFault && attempt > 0 && !aborted;

/** Somebody waits for the card that takes the place of one that they have decided on, whoever asked for that. */
export const isUnasked = ({
  requestedBy,
  replaces,
}: Pick<RemediationIn<'requested'>, 'requestedBy' | 'replaces'>): boolean =>
  requestedBy.kind === 'playbook' && replaces === undefined;

/** Whether what has been there since an instant waits at another. */
const isWorthWaiting = (createdAt: string, now: string): boolean => !isPast(after(createdAt, waitsFor), now);

/** The end of what was proposed because an alert fired, and for nothing else, once that is over. A next step has another cause. */
async function overUnclaimed(
  context: WorkflowContext,
  row: RemediationIn<'requested'>,
): Promise<Transition | undefined> {
  const { requestedBy } = row;
  if (!isUnasked(row) || requestedBy.kind !== 'playbook') return undefined;
  if (requestedBy.claim !== 'none' || requestedBy.tried !== undefined) return undefined;
  const resolvedAt = await context.store.resolvedAt(row.incidentId);
  if (resolvedAt === undefined) return undefined;
  const now = context.clock();
  const reason = `The alert was over at ${clockTime(resolvedAt, now)}, before it was looked at.`;
  return unavailable(row, reason, { now, policy: context.policy() });
}
