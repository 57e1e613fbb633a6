import type { ActionOf } from '../../domain/action.ts';
import { describeTarget } from '../../domain/action.ts';
import type { PodFact } from '../../domain/facts/facts.ts';
import type { Observation } from '../../domain/verdict.ts';
import { crashOf } from '../pods/crash.ts';
import type { Grading } from '../rollout/look.ts';

type Seen<K extends Observation['kind']> = Extract<Observation, { kind: K }>;

const good = (sentence: string): Grading => ({ grade: 'good', sentence });
const bad = (sentence: string): Grading => ({ grade: 'bad', sentence });
const pending = (sentence: string): Grading => ({ grade: 'pending', sentence });
const error = (sentence: string): Grading => ({ grade: 'error', sentence });

/** Whether a CronJob or Job is as it was asked to be, and whether a Job's pods have followed. */
export function suspension(
  { verb, target }: ActionOf<'suspend' | 'resume'>,
  seen: Seen<'cronJob' | 'job'>,
): Grading {
  const name = describeTarget(target);
  const state = seen.suspended ? 'is suspended' : 'is not suspended';
  if (seen.suspended !== (verb === 'suspend')) return bad(`${name} ${state}: somebody has changed it back.`);
  if (seen.kind === 'cronJob') return good(`${name} ${state}.`);
  return verb === 'suspend' ? stopped(name, seen) : started(name, seen);
}

/** A Job counts pods that are stopping no more; they still work until they are gone. */
function stopped(name: string, { active, pods }: Seen<'job'>): Grading {
  const stopping = pods.filter(({ deleting }) => deleting).length;
  if (active === 0 && stopping === 0) return good(`${name} is suspended and none of its pods runs.`);
  return pending(`${name} is suspended: ${active} of its pods still to stop, ${stopping} stopping.`);
}

/** Resumed means that it runs, not that it will complete: that may take days. */
function started(name: string, seen: Seen<'job'>): Grading {
  const ended = howItEnded(name, seen) ?? crashing(name, seen.pods);
  if (ended !== undefined) return ended;
  return seen.ready > 0
    ? good(`${name} runs: ${seen.ready} of ${seen.active} pods ready.`)
    : pending(`${name} is resumed: ${seen.active} pods, none ready yet.`);
}

/**
 * The Job that was made: only one that has completed has done its work. One that runs well may still fail, so it never
 * counts as verified: at the deadline the answer is inconclusive, with how far it has come. Pods that fail are tried again
 * up to the Job's own limit, so it is the Job that fails, or what no new pod cures: an image that cannot be pulled, say.
 */
export function createdJob({ job, target }: ActionOf<'create job'>, seen: Observation): Grading {
  const name = `Job/${job} in ${target.namespace}`;
  if (seen.kind === 'absent')
    return error(`${name} is gone: it was deleted, or removed after its end; how it ended is not known.`);
  if (seen.kind !== 'job')
    return error(`${name} was looked at as a ${seen.kind}; nothing can be said of it.`);
  if (seen.changed !== undefined) return bad(seen.changed);
  return howItEnded(name, seen) ?? crashing(name, seen.pods) ?? stillRunning(name, seen);
}

function howItEnded(name: string, { ended, reason }: Seen<'job'>): Grading | undefined {
  if (ended === 'Failed') return bad(`${name} has failed${reason ? `: ${reason}` : ''}.`);
  return ended === 'Complete' ? good(`${name} has completed.`) : undefined;
}

/** Compared with itself a pod has not restarted: only what it waits for counts. */
function crashing(name: string, pods: readonly PodFact[]): Grading | undefined {
  const crash = pods
    .filter(({ deleting }) => !deleting)
    .map((pod) => crashOf(pod, [pod]))
    .find((found) => found !== undefined);
  return crash === undefined ? undefined : bad(`${name}: ${crash}.`);
}

function stillRunning(name: string, { suspended, active, ready, succeeded, failed }: Seen<'job'>): Grading {
  if (suspended) return pending(`${name} is suspended: somebody or something holds it back.`);
  const tries = failed === 0 ? '' : `, ${failed} failed and tried again`;
  return pending(
    `${name} is still running: ${active} active, ${ready} ready, ${succeeded} succeeded${tries}.`,
  );
}

/** A Job that was deleted is gone when no object of its name has its uid, and its pods have gone after it. */
export function deletedJob({ target }: ActionOf<'delete job'>, uid: string, seen: Observation): Grading {
  const name = describeTarget(target);
  if (seen.kind !== 'absent') {
    return seen.uid === uid
      ? pending(`${name} is still there.`)
      : bad(`${name} was deleted, and somebody has made another of its name: it runs again.`);
  }
  const { podsLeft = 0 } = seen;
  if (podsLeft > 0) return pending(`${name} is gone, ${podsLeft} of its pods still to go.`);
  return good(`${name} and its pods are gone.`);
}
