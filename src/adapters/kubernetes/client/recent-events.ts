import type { Target } from '../../../domain/action.ts';
import { namespaceOf } from '../../../domain/action.ts';
import { readOrReason } from '../facts/unknowns.ts';
import type { Event } from './objects.ts';
import { event } from './objects.ts';
import type { Reader } from './read.ts';
import { resourceOf } from './resource.ts';

const eventsShown = 6;

/**
 * The latest Warning events about these objects, one line each, newest first. Events are aggregated: how often
 * and when last stands in the fields of core/v1 or, for those written through events.k8s.io, in `series`.
 */
export async function recentEvents(
  reader: Reader,
  target: Target,
  uids: ReadonlySet<string>,
): Promise<string[]> {
  const namespace = namespaceOf(target);
  const resource = resourceOf('Event', namespace === undefined ? {} : { namespace });
  const listing = reader.list(event, resource, { fieldSelector: 'type=Warning', limit: '500' });
  const read = await readOrReason(listing, reader.signal);
  if (read.kind === 'unread') return [`(no events: ${read.reason})`];
  return read.value
    .filter(({ type, involvedObject }) => type === 'Warning' && isAbout(involvedObject, target, uids))
    .toSorted((a, b) => (lastSeen(a) < lastSeen(b) ? 1 : -1))
    .slice(0, eventsShown)
    .map(line);
}

/** A node's events carry its name as the uid, so its name decides. */
function isAbout(object: Event['involvedObject'], target: Target, uids: ReadonlySet<string>): boolean {
  return uids.has(object.uid) || (target.kind === object.kind && target.name === object.name);
}

/** When it was reported last: as `series` says, else in the fields of core/v1. Empty where nothing says so. */
export function lastSeen({ series, lastTimestamp, eventTime, metadata }: Event): string {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}

/** How often it was reported. */
export function timesSeen({ series, count }: Event): number {
  return series?.count ?? count ?? 1;
}

function line(each: Event): string {
  const times = timesSeen(each);
  const often = times > 1 ? ` (${times} times)` : '';
  const message = each.message.replaceAll(/\s+/g, ' ').slice(0, 240);
  return `Event ${each.reason} on ${each.involvedObject.kind} ${each.involvedObject.name}${often}: ${message}`;
}
