import { namespaceOf, type Request, targetKey } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import {
  type AskedCircumstances,
  type Circumstances,
  type LocalTime,
  localTime,
  weekdays,
} from '../../domain/circumstances.ts';
import { ownerKey } from '../../domain/owner.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { after } from '../../domain/text/time.ts';
import { environmentNameOf } from '../../stages/evaluate/whereabouts.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import type { RecordsAsked } from '../records-port.ts';
import { recordsFor } from './revision-records.ts';

/** Budgets are by the hour. */
const hour = 3600;

/** What this moment and our own records say of what a request would act on. */
export async function circumstancesOf(
  context: WorkflowContext,
  row: Pick<Remediation, 'action' | 'requestedBy' | 'replaces'>,
  members: readonly Case[],
  now: string,
): Promise<AskedCircumstances> {
  const policy = context.policy();
  const { place, since, objects } = recordsOf(context.cluster.name, row.action, members, now);
  const [usage, history, trust, revisions, askedBefore] = await Promise.all([
    orUnknown(context, context.store.usage(place, since)),
    orUnknown(context, context.store.history(objects, now)),
    trustOf(context, row, members, now),
    recordsFor(context.store.past, context.cluster.name, members, now),
    askedBeforeOf(context, row),
  ]);
  return {
    local: localTimes(policy, now),
    usage,
    history,
    ...(trust === undefined ? {} : { trust }),
    ...(revisions === undefined ? {} : { revisions: [...revisions] }),
    ...takenBackBy(row),
    ...(askedBefore === undefined ? {} : { askedBefore }),
  };
}

/** A record that cannot be read raises the tier, which is better than to wait for it; whoever runs Firebreak is told. */
async function orUnknown<T>({ log }: WorkflowContext, reading: Promise<T>): Promise<T | { unknown: string }> {
  try {
    return await reading;
  } catch (fault) {
    log.error({ err: fault }, "Firebreak's own records could not be read");
    return { unknown: faultSentence(fault) };
  }
}

/** Of a rollback, what it takes back. The row says it, whether or not that was kept when it was judged. */
export function takenBackBy({
  requestedBy,
}: Pick<Remediation, 'requestedBy'>): Pick<Circumstances, 'takesBack'> {
  return requestedBy.kind === 'rollback' ? { takesBack: requestedBy.ofNumber } : {};
}

/** What the one that it replaces asked of people. */
async function askedBeforeOf(
  { store }: WorkflowContext,
  { replaces }: Pick<Remediation, 'replaces'>,
): Promise<Circumstances['askedBefore']> {
  const before = replaces === undefined ? undefined : await store.load(replaces);
  if (before === undefined || !('spec' in before)) return undefined;
  const tier = before.spec?.tier;
  return tier === 'human' || tier === 'dual' ? { remediation: before.number, tier } : undefined;
}

/** What our own records are asked about a request. */
export function recordsOf(
  cluster: string,
  action: Request,
  members: readonly Case[],
  now: string,
): RecordsAsked {
  const namespace = namespaceOf(action.target);
  return {
    place: { cluster, ...(namespace === undefined ? {} : { namespace }) },
    since: after(now, -hour),
    objects: members.map((member) => ({
      key: targetKey(cluster, member.action.target),
      owner: ownerKey(cluster, member),
    })),
    now,
  };
}

/** The local time in every zone that the policy mentions. */
export function localTimes(policy: Policy, now: string): LocalTime[] {
  const others = Object.values(policy.clusters).flatMap(({ freezes = [] }) => freezes);
  const zones = new Set([...policy.freezes, ...others].map(({ timeZone }) => timeZone));
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

/** A playbook without any outcome in the environment has earned nothing there yet. */
async function trustOf(
  context: WorkflowContext,
  { action, requestedBy }: Pick<Remediation, 'action' | 'requestedBy'>,
  members: readonly Case[],
  at: string,
): Promise<Circumstances['trust']> {
  const policy = context.policy();
  const [first] = members;
  if (policy.trust === undefined || requestedBy.kind !== 'playbook' || first === undefined) return undefined;
  const { playbook, digest } = requestedBy;
  const environment = environmentNameOf(action, first.facts, policy);
  const earned = await context.store.trust(playbook, { environment, digest, at });
  return { playbook, environment, samples: earned?.samples ?? 0, lowerBound: earned?.lowerBound ?? 0 };
}
