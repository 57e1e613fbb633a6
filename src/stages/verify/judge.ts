import { type Action, describeTarget } from '../../domain/action.ts';
import { movesPods } from '../../actions/nodes/displaced.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { CallResult } from '../../domain/plan.ts';
import { writtenText } from '../../actions/written.ts';
import type { Observation, Sample } from '../../domain/verdict.ts';
import { autoscaled } from '../../actions/scaling/autoscale/look.ts';
import { createdJob, deletedJob, suspension } from '../../actions/jobs/look.ts';
import { crashOf } from '../../actions/pods/crash.ts';
import { emptied } from '../../actions/nodes/look.ts';
import { type Grading, judgeWorkload } from '../../actions/rollout/look.ts';

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
  if (action.verb === 'create job') return createdJob(action, seen);
  if (action.verb === 'autoscale') return autoscaled(action, facts, seen);
  if (action.verb === 'delete job') return deletedJob(action, facts.identity.uid, seen);
  if (seen.kind === 'absent') return { grade: 'bad', sentence: `${name} is gone.` };
  if (seen.uid !== facts.identity.uid) {
    return { grade: 'bad', sentence: `${name} is another object now: it was deleted and made again.` };
  }
  if (seen.kind === 'workload' && rolls(action)) return judgeWorkload({ action, facts, results, seen });
  if (seen.changed !== undefined) return { grade: 'bad', sentence: seen.changed };
  return kept(name, action, facts, seen);
}

/** Whether the controller of a workload has to follow; labels and annotations of the object itself mean nothing to it. */
function rolls({ verb, target }: Action): boolean {
  const isWorkload = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(target.kind);
  return isWorkload && verb !== 'label' && verb !== 'annotate';
}

type Present = Exclude<Observation, { kind: 'absent' }>;

/** What has to be seen of an object whose fields are as they were written. */
function kept(name: string, action: Action, facts: Facts, seen: Present): Grading {
  switch (action.verb) {
    case 'cordon':
    case 'uncordon':
      if (seen.kind === 'node') return node(name, action.verb, seen.unschedulable);
      break;
    case 'suspend':
    case 'resume':
      if (seen.kind === 'cronJob' || seen.kind === 'job') return suspension(action, seen);
      break;
    case 'drain':
      if (seen.kind === 'node') return emptied(action, facts, seen);
      break;
    case 'taint':
      if (seen.kind === 'node' && movesPods(action)) return emptied(action, facts, seen);
      return { grade: 'good', sentence: `${name} ${writtenText(action)}.` };
    case 'label':
    case 'annotate':
    case 'patch':
      return { grade: 'good', sentence: `${name} ${writtenText(action)}.` };
  }
  return { grade: 'error', sentence: `${name} was looked at as a ${seen.kind}; nothing can be said of it.` };
}

function node(name: string, verb: 'cordon' | 'uncordon', unschedulable: boolean): Grading {
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
