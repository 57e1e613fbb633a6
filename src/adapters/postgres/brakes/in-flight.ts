import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startStopwatch } from '../jobs/stopwatch.ts';
import { type Db, rows } from '../sql.ts';

/**
 * After so long a write that was on its way at the moment of a stop has been sent or never will be: its fence closes five seconds
 * after it was last confirmed (jobs.ts), whether or not its process stands still. Milliseconds.
 */
const longest = 5_500;
const lookEvery = 100;

/**
 * Waits until no replica is in the middle of a step that writes: what was stopped before is known to each of them at its next
 * beat, and one that stands still has lost its fence by then. So who is told "stopped" is told what is so.
 */
export async function untilNothingIsSent(db: Db): Promise<void> {
  const sql = `select r.id from running join remediations r on r.id = (running.wake ->> 'id')::uuid
    where running.wake ->> 'kind' = 'step' and r.state in ('executing', 'pr_open') limit 1`;
  const elapsed = startStopwatch();
  while (elapsed() < longest) {
    if ((await rows(db, z.unknown(), sql)).length === 0) return;
    await sleep(lookEvery);
  }
}
