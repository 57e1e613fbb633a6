/** `16:05 UTC`, or with the day where it is not the same day as `near`. Plain text: no client has to render it. */
export function clockTime(instant: string, near: string): string {
  const time = `${instant.slice(11, 16)} UTC`;
  return instant.slice(0, 10) === near.slice(0, 10) ? time : `${instant.slice(0, 10)} ${time}`;
}

/** `2026-03-01 16:05 UTC`, where nobody knows when it will be read. */
export const dayTime = (instant: string): string => clockTime(instant, '');

/** `40 s`, `3 min`, `2 h`: how long from one instant to another. */
export function span(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
