import { minutesBetween } from '../domain/text/time.ts';
import { plural } from './obstacle.ts';

const named = 3;

/** `a`, `a and b`, `a, b, c and 2 more`: up to three names, sorted, so that the sentence is the same in any order. */
export function listed(names: readonly string[]): string {
  const sorted = names.toSorted();
  if (sorted.length > named) return `${sorted.slice(0, named).join(', ')} and ${sorted.length - named} more`;
  return joined(sorted);
}

/** `a`, `a and b`, `a, b and c`: all of them, in their own order. */
export function joined(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `12 minutes`, `less than a minute`: how long something has been so. */
export function minutesSince(since: string, at: string): string {
  const minutes = minutesBetween(since, at);
  return minutes === 0 ? 'less than a minute' : plural(minutes, 'minute');
}

/** `already has the labels a, b, and no label c`: what is so before anything is written. */
export function alreadySo(noun: string, set: readonly string[], removed: readonly string[]): string {
  const all = (names: readonly string[]) => `${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
  if (set.length === 0) return `has no ${all(removed)}`;
  return `already has the ${all(set)}${removed.length === 0 ? '' : `, and no ${all(removed)}`}`;
}
