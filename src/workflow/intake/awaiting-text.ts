import { plural } from '../../actions/obstacle.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import type { Awaiting } from './awaiting-port.ts';

/** Which cluster does not answer, how many alerts wait for it, and since when. */
export function awaitingText({ cluster, alerts, since }: Awaiting, now: string): string {
  const wait = alerts === 1 ? 'waits' : 'wait';
  const api = cluster === undefined ? "the cluster's API" : `the API of the cluster ${cluster}`;
  return `${plural(alerts, 'alert')} ${wait} for ${api}, which does not answer; the oldest since ${clockTime(since, now)}.`;
}

/** What becomes of them. */
export const whatBecomesOfThem =
  'They are looked at when it answers, including those that are resolved by then.';
