import { currentOf, signalsOf } from '../../domain/incidents/overview.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import type { WorkflowContext } from '../context.ts';
import { shownOf } from '../lifecycle/showing.ts';
import type { Headed } from '../shown.ts';

/**
 * What a message says of its incident besides its own: nothing where it does not head the incident's thread, and where the
 * incident is this one remediation that a person asked for.
 *
 * @param own the remediation whose card it is; undefined for the message of an alert without one
 */
export async function headedBy(
  { store }: WorkflowContext,
  incidentId: string,
  own: Remediation | undefined,
): Promise<Headed | undefined> {
  const overview = await store.overview(incidentId);
  if (overview === undefined || (own !== undefined && overview.head !== own.id)) return undefined;
  const signals = signalsOf(overview.signals);
  const current = currentOf(overview);
  const others = overview.steps.filter(({ id, isOver }) => id !== own?.id && id !== current?.id && !isOver);
  if (signals === undefined && overview.steps.length < 2) return undefined;
  return {
    ...(signals === undefined ? {} : { signals: redactedFlapping(signals) }),
    names: overview.signals.map((named) => ({ ...named, name: redact(named.name) })),
    ...(current === undefined || current.id === own?.id ? {} : await nowOf(store, current.id)),
    alsoOpen: others.map(({ number }) => number),
  };
}

function redactedFlapping(signals: NonNullable<Headed['signals']>): NonNullable<Headed['signals']> {
  const { flapping } = signals;
  return flapping === undefined
    ? signals
    : { ...signals, flapping: { ...flapping, name: redact(flapping.name) } };
}

async function nowOf(store: WorkflowContext['store'], id: string): Promise<Pick<Headed, 'now'>> {
  const [remediation, approvals] = await Promise.all([store.load(id), store.approvals(id)]);
  if (remediation === undefined) return {};
  const shown = shownOf(remediation);
  return { now: { remediation, approvals, ...(shown === undefined ? {} : { shown }) } };
}
