import type { PodFact } from '../../domain/facts/facts.ts';
import { bad, type Grading, good, type ObservationOf } from '../measurement.ts';
import { crashOf } from '../pods/crash.ts';

/** How a Job ended; undefined while it has not. */
export function howItEnded(name: string, { ended, reason }: ObservationOf<'job'>): Grading | undefined {
  if (ended === 'Failed') return bad(`${name} has failed${reason ? `: ${reason}` : ''}.`);
  return ended === 'Complete' ? good(`${name} has completed.`) : undefined;
}

/** Compared with itself a pod has not restarted: only what it waits for counts. */
export function crashing(name: string, pods: readonly PodFact[]): Grading | undefined {
  const crash = pods
    .filter(({ deleting }) => !deleting)
    .map((pod) => crashOf(pod, [pod]))
    .find((found) => found !== undefined);
  return crash === undefined ? undefined : bad(`${name}: ${crash}.`);
}

/**
 * Whether a CronJob or Job is as it was asked to be, and whether a Job's pods have followed.
 *
 * @param ofJob judges the Job's pods
 */
export function gradeSuspended(
  name: string,
  seen: ObservationOf<'cronJob' | 'job'>,
  wanted: boolean,
  ofJob: (name: string, seen: ObservationOf<'job'>) => Grading,
): Grading {
  const state = seen.suspended ? 'is suspended' : 'is not suspended';
  if (seen.suspended !== wanted) return bad(`${name} ${state}: somebody has changed it back.`);
  return seen.kind === 'cronJob' ? good(`${name} ${state}.`) : ofJob(name, seen);
}
