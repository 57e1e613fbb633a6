import type { ActionOf } from '../../domain/action.ts';
import { describeTarget } from '../../domain/action.ts';
import type { Observation } from '../../domain/verdict.ts';
import type { Grading } from './workload.ts';

type Seen<K extends Observation['kind']> = Extract<Observation, { kind: K }>;

/** Whether a CronJob or Job is as it was asked to be. */
export function suspension(
  { verb, target }: ActionOf<'suspend' | 'resume'>,
  { suspended }: Seen<'cronJob' | 'job'>,
): Grading {
  const name = describeTarget(target);
  const state = suspended ? 'is suspended' : 'is not suspended';
  return suspended === (verb === 'suspend')
    ? { grade: 'good', sentence: `${name} ${state}.` }
    : { grade: 'bad', sentence: `${name} ${state}: somebody has changed it back.` };
}

/** The Job that was made. */
export function createdJob({ job, target }: ActionOf<'create job'>, seen: Observation): Grading {
  const name = `Job/${job} in ${target.namespace}`;
  if (seen.kind === 'absent') return { grade: 'bad', sentence: `${name} is gone.` };
  if (seen.kind !== 'job')
    return {
      grade: 'error',
      sentence: `${name} was looked at as a ${seen.kind}; nothing can be said of it.`,
    };
  if (seen.ended === 'Failed')
    return { grade: 'bad', sentence: `${name} has failed${seen.reason ? `: ${seen.reason}` : ''}.` };
  if (seen.ended === 'Complete') return { grade: 'good', sentence: `${name} has completed.` };
  return { grade: 'pending', sentence: `${name}: ${seen.active} active, ${seen.succeeded} succeeded.` };
}

/** A Job that was deleted is gone when no object of its name has its uid. */
export function deletedJob({ target }: ActionOf<'delete job'>, uid: string, seen: Observation): Grading {
  const name = describeTarget(target);
  if (seen.kind === 'absent' || seen.uid !== uid) return { grade: 'good', sentence: `${name} is gone.` };
  return { grade: 'pending', sentence: `${name} is still there.` };
}
