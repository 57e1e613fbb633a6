import type { Target } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { Event } from '../client/objects.ts';
import { event } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { lastSeen, timesSeen } from '../client/recent-events.ts';
import { resourceOf } from '../client/resource.ts';
import type { Unknowns } from './unknowns.ts';

/** The API server forgets events after an hour (--event-ttl); what is older on some servers is not about now. */
const windowMs = 60 * 60 * 1000;
const mostReasons = 20;

/** The Warning events of the target's namespace; no selector knows the pods. A node starts no pods, and none are read. */
export async function readWarnings(
  reader: Reader,
  unknowns: Unknowns,
  target: Target,
): Promise<readonly Event[] | undefined> {
  if (target.kind === 'Node') return undefined;
  const resource = resourceOf('Event', { namespace: target.namespace });
  return unknowns.orUnknown(
    'warning events',
    reader.list(event, resource, { fieldSelector: 'type=Warning' }),
  );
}

/**
 * Those of the last hour about these objects, by reason: how often each was reported, and when last.
 *
 * @param at ISO instant at which the facts are gathered
 */
export function warningsAbout(
  events: readonly Event[] | undefined,
  uids: ReadonlySet<string>,
  at: string,
): Pick<Facts, 'warnings'> {
  if (events === undefined) return {};
  const since = Date.parse(at) - windowMs;
  const byReason = new Map<string, { count: number; last: number }>();
  for (const each of events) {
    const last = Date.parse(lastSeen(each));
    if (each.type !== 'Warning' || !uids.has(each.involvedObject.uid) || !(last > since)) continue;
    const seen = byReason.get(each.reason) ?? { count: 0, last };
    byReason.set(each.reason, { count: seen.count + timesSeen(each), last: Math.max(seen.last, last) });
  }
  const latest = [...byReason].toSorted(([a, x], [b, y]) => y.last - x.last || (a < b ? -1 : 1));
  const warnings = latest
    .slice(0, mostReasons)
    .map(([reason, { count, last }]) => ({ reason, count, last: new Date(last).toISOString() }));
  return { warnings: warnings.toSorted((a, b) => (a.reason < b.reason ? -1 : 1)) };
}
