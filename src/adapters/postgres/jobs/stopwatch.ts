/**
 * Starts to measure; the answered function says how many milliseconds have passed. The monotonic clock (CLOCK_MONOTONIC)
 * goes on while the process is stopped, and is never set; it stands still while the machine sleeps, which the other clock
 * tells. The longer of the two counts.
 */
export function startStopwatch(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}
