import { type Action, describeTarget } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts.ts';
import type { CallResult } from '../../domain/plan.ts';
import type { Observation, Sample } from '../../domain/verdict.ts';
import { crashOf } from './crash.ts';
import { type Grading, judgeWorkload } from './workload.ts';

interface Look {
  readonly action: Action;
  /** The facts from before the change. */
  readonly facts: Facts;
  readonly results: readonly CallResult[];
  readonly observation: Observation;
}

/** Judges one look at the target after the change. What cannot be judged is an error, never good. */
export function judge(look: Look): Sample {
  return { at: look.observation.at, ...grade(look) };
}

function grade({ action, facts, results, observation: seen }: Look): Grading {
  const name = describeTarget(action.target);
  if (action.verb === 'delete pod') return deletedPod(name, facts, seen);
  if (seen.kind === 'absent') return { grade: 'bad', sentence: `${name} is gone.` };
  if (seen.uid !== facts.identity.uid) {
    return { grade: 'bad', sentence: `${name} is another object now: it was deleted and made again.` };
  }
  if (seen.kind === 'node') return node(name, action, seen.unschedulable);
  return seen.kind === 'workload' && action.target.kind !== 'Node'
    ? judgeWorkload({ action, facts, results, seen })
    : { grade: 'error', sentence: `${name} was looked at as a ${seen.kind}; nothing can be said of it.` };
}

function node(name: string, { verb }: Action, unschedulable: boolean): Grading {
  if (verb !== 'cordon' && verb !== 'uncordon') {
    return { grade: 'error', sentence: `${name} was looked at as a node; nothing can be said of it.` };
  }
  const state = unschedulable ? 'takes no new pods' : 'takes new pods';
  return unschedulable === (verb === 'cordon')
    ? { grade: 'good', sentence: `${name} ${state}.` }
    : { grade: 'bad', sentence: `${name} ${state}: somebody has changed it back.` };
}

/** A pod's successor has its name only in a StatefulSet; elsewhere that it is gone is all that can be seen. */
function deletedPod(name: string, facts: Facts, seen: Observation): Grading {
  const controller = facts.subject.kind === 'pod' ? facts.subject.controller : undefined;
  if (seen.kind === 'absent') {
    return controller?.kind === 'StatefulSet'
      ? { grade: 'pending', sentence: `${name} is gone; its successor is not there yet.` }
      : { grade: 'good', sentence: `${name} is gone.` };
  }
  if (seen.kind !== 'pod') {
    return {
      grade: 'error',
      sentence: `${name} was looked at as a ${seen.kind}; nothing can be said of it.`,
    };
  }
  if (seen.uid === facts.identity.uid) {
    return seen.pod.deleting
      ? { grade: 'pending', sentence: `${name} is being deleted.` }
      : { grade: 'bad', sentence: `${name} is still there and not being deleted.` };
  }
  const crash = crashOf(seen.pod, []);
  if (crash !== undefined) return { grade: 'bad', sentence: `The successor crashes: ${crash}.` };
  return seen.pod.ready
    ? { grade: 'good', sentence: `The successor of ${name} is ready.` }
    : { grade: 'pending', sentence: `The successor of ${name} is not ready yet.` };
}
