import type { Clock } from './workflow/ports.ts';

/**
 * The time as an ISO instant. Writing it out costs more than judging, so each millisecond's text is kept.
 *
 * @param skew milliseconds by which this machine's clock is behind the one that all replicas go by
 */
export function createClock(skew: () => number = () => 0): Clock {
  let written = { at: Number.NaN, text: '' };
  return () => {
    const at = Date.now() + skew();
    if (at !== written.at) written = { at, text: new Date(at).toISOString() };
    return written.text;
  };
}
