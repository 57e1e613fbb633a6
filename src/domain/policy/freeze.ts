import { z } from 'zod';
import { labelName } from '../action.ts';
import { type LocalTime, weekdays } from '../circumstances.ts';

/** Who must agree at least; `blocked`: nobody can. */
export const raisedTier = z.enum(['human', 'dual', 'blocked']);

const time = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as "16:00", up to "24:00"');

const date = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d)?$/,
    'must be a date such as 2026-12-24, or a date and time such as 2026-12-24T16:00',
  );

/** On these days from one time to another; past midnight when the second is not later. */
const weekly = z.strictObject({ days: z.array(z.enum(weekdays)).min(1), from: time, to: time });

/** From a day or moment to another; a day alone counts whole. */
const dated = z
  .strictObject({ from: date, to: date })
  .refine(({ from, to }) => startOf(from) < endOf(to), { error: 'must end after it begins' });

/** Times in which more people must agree. Local times in one time zone; an IANA name such as Europe/Berlin. */
export const freeze = z
  .strictObject({
    name: z.string().min(1).max(60),
    timeZone: z.string().default('UTC'),
    weekly: z.array(weekly).default([]),
    dates: z.array(dated).default([]),
    /** Only in these environments; everywhere if absent. */
    environments: z.array(labelName).min(1).optional(),
    tier: raisedTier.default('dual'),
  })
  .refine((window) => window.weekly.length + window.dates.length > 0, {
    error: 'must have weekly or dates; a freeze that never holds is a mistake',
  });
export type Freeze = z.infer<typeof freeze>;

const startOf = (day: string) => (day.includes('T') ? day : `${day}T00:00`);
const endOf = (day: string) => (day.includes('T') ? day : `${day}T24:00`);

/** Until when the freeze holds at this local time, in words; undefined when it does not hold. */
export function frozenUntil({ weekly: windows, dates }: Freeze, now: LocalTime): string | undefined {
  const at = `${now.date}T${now.time}`;
  const period = dates.find(({ from, to }) => startOf(from) <= at && at < endOf(to));
  if (period !== undefined)
    return period.to.includes('T') ? period.to.replace('T', ' ') : `the end of ${period.to}`;
  for (const window of windows) {
    const until = weeklyUntil(window, now);
    if (until !== undefined) return until;
  }
  return undefined;
}

function weeklyUntil(
  { days, from, to }: z.infer<typeof weekly>,
  { weekday, time: at }: LocalTime,
): string | undefined {
  const overnight = to <= from;
  if (days.includes(weekday) && at >= from && (overnight || at < to)) {
    return `${overnight ? nextDay(weekday) : weekday} ${to}`;
  }
  const begun = overnight && at < to && days.some((day) => nextDay(day) === weekday);
  return begun ? `${weekday} ${to}` : undefined;
}

function nextDay(day: LocalTime['weekday']): LocalTime['weekday'] {
  return weekdays[(weekdays.indexOf(day) + 1) % weekdays.length] ?? day;
}
