import { after } from '../../domain/text/time.ts';

const seconds = { m: 60, h: 3600, d: 86_400, w: 7 * 86_400 } as const;

/** A hundred years: what is longer is no instant that a database knows. */
const longest = 36_525 * 86_400;

/** The instant that `30m`, `36h`, `7d`, `4w` before now or a date in UTC mean; undefined for what is none of them. */
export function sinceOf(word: string, now: string): string | undefined {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(word.toLowerCase()) ?? [];
  if (count !== undefined && (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w')) {
    const back = Number(count) * seconds[unit];
    return back === 0 || back > longest ? undefined : after(now, -back);
  }
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(word)) return undefined;
  const at = new Date(word);
  if (Number.isNaN(at.getTime())) return undefined;
  // A day that is not in the calendar would become another.
  return at.toISOString().startsWith(word.slice(0, 10)) && at.toISOString() <= now
    ? at.toISOString()
    : undefined;
}
