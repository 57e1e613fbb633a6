import type { Clock } from './workflow/ports.ts';

/** The time of this machine, as an ISO instant. Writing it out costs more than judging, so each millisecond's text is kept. */
export function createClock(): Clock {
  let written = { at: Number.NaN, text: '' };
  return () => {
    const at = Date.now();
    if (at !== written.at) written = { at, text: new Date(at).toISOString() };
    return written.text;
  };
}
