import { currentOf, type Overview, signalsOf } from '../../domain/incidents/overview.ts';
import type { IncidentEnds } from '../../domain/policy/incidents.ts';
import { isFinal, type Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import { shownOf } from '../lifecycle/showing.ts';
import { unlessOther } from '../other-version.ts';
import type { Headed, Open, ShownEnding } from '../shown.ts';

/**
 * What a message says of its incident besides its own: nothing where it does not head the incident's thread, and where the
 * incident is this one remediation that a person asked for.
 *
 * @param own the remediation whose card it is; undefined for the message of an alert without one
 */
export async function headedBy(
  context: WorkflowContext,
  incidentId: string,
  own: Remediation | undefined,
): Promise<Headed | undefined> {
  const overview = await context.store.overview(incidentId);
  return overview === undefined ? undefined : headedOf(context, overview, own);
}

/** The same for a card, which names what else is open while it waits and does not head the thread. */
export async function incidentOn(
  context: WorkflowContext,
  own: Remediation,
): Promise<{ readonly headed?: Headed; readonly besides?: readonly Open[] }> {
  const overview = await context.store.overview(own.incidentId);
  if (overview === undefined) return {};
  const headed = await headedOf(context, overview, own);
  if (headed !== undefined) return { headed };
  const others = overview.steps.filter(({ id, isOver }) => id !== own.id && !isOver);
  return own.state === 'waiting' && others.length > 0 ? { besides: others.map(asOpen) } : {};
}

const asOpen = ({ number, state }: Open): Open => ({ number, state });

async function headedOf(
  context: WorkflowContext,
  overview: Overview,
  own: Remediation | undefined,
): Promise<Headed | undefined> {
  if (own !== undefined && overview.head !== own.id) return undefined;
  const signals = signalsOf(overview.signals);
  const current = currentOf(overview);
  if (signals === undefined && overview.steps.length < 2) return undefined;
  const now = current === undefined || current.id === own?.id ? undefined : await nowOf(context, current.id);
  const told = [own?.id, now?.remediation.id];
  const others = overview.steps.filter(({ id, isOver }) => !told.includes(id) && !isOver);
  return {
    ...(signals === undefined ? {} : { signals: redactedFlapping(signals) }),
    names: overview.signals.map((named) => ({ ...named, name: redact(named.name) })),
    ...(now === undefined ? {} : { now }),
    reopened: overview.reopened,
    ending: endingIn(overview, context.policy().incidents),
    ...(overview.number === undefined ? {} : { number: overview.number }),
    ...unansweredIn(overview),
    alsoOpen: others.map(asOpen),
  };
}

/** What fires was proposed for, and is not proposed for again: that it waits for somebody is to be seen. */
function unansweredIn({ closedAt, signals, steps }: Overview): Pick<Headed, 'unanswered'> {
  const last = steps.at(-1);
  const fires = closedAt === undefined && signals.some(({ firing }) => firing > 0);
  return last?.state === 'expired' && fires && steps.every(({ isOver }) => isOver)
    ? { unanswered: last.number }
    : {};
}

/** What is still done about it keeps it open. */
function endingIn(
  { closedAt, closedWhy, healthySince, signals, steps }: Overview,
  { quietMinutes, healthyMinutes }: IncidentEnds,
): ShownEnding {
  if (closedAt !== undefined)
    return { kind: 'closed', at: closedAt, ...(closedWhy === undefined ? {} : { why: closedWhy }) };
  if (steps.some(({ isOver }) => !isOver)) return { kind: 'open' };
  if (healthySince !== undefined) return { kind: 'healthy', since: healthySince, minutes: healthyMinutes };
  const isQuiet = signals.length > 0 && signals.every(({ firing }) => firing === 0);
  return isQuiet ? { kind: 'quiet', minutes: quietMinutes } : { kind: 'open' };
}

function redactedFlapping(signals: NonNullable<Headed['signals']>): NonNullable<Headed['signals']> {
  const { flapping } = signals;
  return flapping === undefined
    ? signals
    : { ...signals, flapping: { ...flapping, name: redact(flapping.name) } };
}

/** Nothing where another version has written it: that one is only named. */
async function nowOf(context: WorkflowContext, id: string): Promise<Headed['now']> {
  const { store, silences } = context;
  const [remediation, approvals] = await Promise.all([unlessOther(store.load(id)), store.approvals(id)]);
  if (remediation === undefined) return undefined;
  const shown = shownOf(remediation);
  const [silence, stopped] = await Promise.all([
    silences?.shown(remediation),
    isFinal(remediation.state) ? undefined : store.stopped(),
  ]);
  return {
    ...{ remediation, approvals },
    ...(isOneOfSeveral(context) ? { cluster: remediation.cluster } : {}),
    ...(shown === undefined ? {} : { shown }),
    ...(silence === undefined ? {} : { silence }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}
