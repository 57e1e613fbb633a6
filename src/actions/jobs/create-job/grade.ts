import {
  bad,
  error,
  type Grading,
  type Measurement,
  type ObservationOf,
  pending,
  unlike,
} from '../../measurement.ts';
import { crashing, howItEnded } from '../grade.ts';

/**
 * The Job that was made: only one that has completed has done its work. One that runs well may still fail, so it never
 * counts as verified: at the deadline the answer is inconclusive, with how far it has come. Pods that fail are tried again
 * up to the Job's own limit, so it is the Job that fails, or what no new pod cures: an image that cannot be pulled, say.
 */
export function grade({ action, observation: seen }: Measurement<'create job'>): Grading {
  const name = `Job/${action.job} in ${action.target.namespace}`;
  if (seen.kind === 'absent')
    return error(`${name} is gone: it was deleted, or removed after its end; how it ended is not known.`);
  if (seen.kind !== 'job') return unlike(name, seen);
  if (seen.changed !== undefined) return bad(seen.changed);
  return howItEnded(name, seen) ?? crashing(name, seen.pods) ?? stillRunning(name, seen);
}

function stillRunning(
  name: string,
  { suspended, active, ready, succeeded, failed }: ObservationOf<'job'>,
): Grading {
  if (suspended) return pending(`${name} is suspended: somebody or something holds it back.`);
  const tries = failed === 0 ? '' : `, ${failed} failed and tried again`;
  return pending(
    `${name} is still running: ${active} active, ${ready} ready, ${succeeded} succeeded${tries}.`,
  );
}
