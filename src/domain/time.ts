/** The instant `seconds` after another. */
export function after(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString();
}

/** Seconds from one instant to a later one; negative if it is earlier. */
export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** True when `instant` is reached at `now`. */
export function isPast(instant: string, now: string): boolean {
  return secondsBetween(instant, now) >= 0;
}
