/** One field of a schedule: whether a number is in it. */
type Field = (value: number) => boolean;

/** A schedule that has been read: whether a run is due in the minute that begins at an instant (milliseconds). */
export type Schedule = (minute: number) => boolean;

const named: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

/**
 * A schedule of five fields (`*`, numbers, lists, ranges, steps) in UTC, or one of the names for them; undefined for
 * anything else that Kubernetes would read (month names, time zones, `@every`). Where both days are given, either will
 * do (robfig/cron, dayMatches).
 */
export function parseSchedule(text: string): Schedule | undefined {
  const fields = (named[text] ?? text).trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields.map(parseField);
  if (!minute || !hour || !day || !month || !weekday || fields.length !== 5) return undefined;
  const anyDay = fields[2] === '*' || fields[4] === '*';
  return (at) => {
    const time = new Date(at);
    const [inMonth, inWeek] = [day(time.getUTCDate()), weekday(time.getUTCDay())];
    const today = anyDay ? inMonth && inWeek : inMonth || inWeek;
    return minute(time.getUTCMinutes()) && hour(time.getUTCHours()) && month(time.getUTCMonth() + 1) && today;
  };
}

function parseField(text: string): Field | undefined {
  const parts = text.split(',').map(parsePart);
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? (value) => known.some((part) => part(value)) : undefined;
}

function parsePart(text: string): Field | undefined {
  const found = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(text);
  if (found === null) return undefined;
  const [, all, from = '0', to, step] = found;
  const open = all !== undefined || (to === undefined && step !== undefined);
  const [first, last] = [Number(from), open ? Number.POSITIVE_INFINITY : Number(to ?? from)];
  return (value) => value >= first && value <= last && (value - first) % Number(step ?? 1) === 0;
}
