import { namespaceOf, type Request } from '../../domain/action.ts';
import { type Circumstances, type LocalTime, localTime, weekdays } from '../../domain/circumstances.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { after } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import type { Place } from '../ports.ts';

/** Budgets are by the hour. */
const hour = 3600;

/** What this moment and this database say that the policy wants to know. Asks for nothing that it does not. */
export async function circumstancesOf(
  context: WorkflowContext,
  row: Pick<Remediation, 'action' | 'requestedBy'>,
  now: string,
): Promise<Circumstances> {
  const policy = context.policy();
  const { place, since } = budgeted(context.cluster.name, row.action, now);
  const [usage, trust] = await Promise.all([
    policy.budgets === undefined ? undefined : context.store.usage(place, since),
    trustOf(context, policy, row.requestedBy),
  ]);
  return {
    local: localTimes(policy, now),
    ...(usage === undefined ? {} : { usage }),
    ...(trust === undefined ? {} : { trust }),
    ...takenBackBy(row),
  };
}

/** Of a rollback, what it takes back. The row says it, whether or not that was kept when it was judged. */
export function takenBackBy({
  requestedBy,
}: Pick<Remediation, 'requestedBy'>): Pick<Circumstances, 'takesBack'> {
  return requestedBy.kind === 'rollback' ? { takesBack: requestedBy.ofNumber } : {};
}

/** Where and since when an action's budgets are added up. */
export function budgeted(
  cluster: string,
  action: Request,
  now: string,
): { readonly place: Place; readonly since: string } {
  const namespace = namespaceOf(action.target);
  return {
    place: { cluster, ...(namespace === undefined ? {} : { namespace }) },
    since: after(now, -hour),
  };
}

/** The local time in every zone that the policy mentions. */
export function localTimes(policy: Policy, now: string): LocalTime[] {
  const zones = new Set(policy.freezes.map(({ timeZone }) => timeZone));
  if (policy.hardRules.length + policy.rules.length > 0) zones.add(policy.timeZone);
  return [...zones].map((zone) => localTimeIn(zone, now));
}

/** @param zone an IANA name that this Node knows; the policy is checked for that when it is read */
export function localTimeIn(zone: string, now: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map(format.formatToParts(new Date(now)).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
  const weekday = weekdays.find((day) => day === part('weekday').slice(0, 3).toLowerCase());
  return localTime.parse({
    zone,
    date: `${part('year')}-${part('month')}-${part('day')}`,
    weekday,
    time: `${part('hour')}:${part('minute')}`,
  });
}

/** A playbook without any verdict has earned nothing yet. */
async function trustOf(
  { store }: WorkflowContext,
  { trust: demand }: Policy,
  requestedBy: Remediation['requestedBy'],
): Promise<Circumstances['trust']> {
  if (demand === undefined || requestedBy.kind !== 'playbook') return undefined;
  const { playbook } = requestedBy;
  const { samples, lowerBound } = (await store.trust(playbook)) ?? { samples: 0, lowerBound: 0 };
  return { playbook, samples, lowerBound };
}
