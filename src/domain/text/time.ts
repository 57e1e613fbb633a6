/** The instant `seconds` after another. */
export function after(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString();
}

/**
 * Milliseconds since 1970 of an instant in UTC. The same as Date.parse, which takes several times as long; what is
 * written otherwise than the API server (seconds) and toISOString (milliseconds) do is left to it.
 */
export function epochOf(instant: string): number {
  if (instant.length !== 20 && instant.length !== 24) return Date.parse(instant);
  const days = daysOf(
    twoDigits(instant, 0) * 100 + twoDigits(instant, 2),
    twoDigits(instant, 5),
    twoDigits(instant, 8),
  );
  const minutes = (days * 24 + twoDigits(instant, 11)) * 60 + twoDigits(instant, 14);
  const milliseconds = instant.length === 24 ? twoDigits(instant, 20) * 10 + digit(instant, 22) : 0;
  return (minutes * 60 + twoDigits(instant, 17)) * 1000 + milliseconds;
}

/** Whole minutes from one instant to a later one; 0 if it is earlier. */
export function minutesBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((epochOf(to) - epochOf(from)) / 60_000));
}

/** Days since 1970, in years that begin in March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysOf(calendarYear: number, month: number, day: number): number {
  const year = month > 2 ? calendarYear : calendarYear - 1;
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  const before = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return 365 * year + leapDays + before + day - 719_469;
}

/** The number that two digits write. */
function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/** Seconds from one instant to a later one; negative if it is earlier. */
export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** True when `instant` is reached at `now`. */
export function isPast(instant: string, now: string): boolean {
  return secondsBetween(instant, now) >= 0;
}
