import { type Action, describeTarget } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { CallResult } from '../../domain/plan.ts';
import type { Sample } from '../../domain/verdict.ts';
import { crashOf, isNew } from './crash.ts';
import { missing, type WorkloadObservation } from './rollout.ts';

export type Grading = Omit<Sample, 'at'>;

export interface WorkloadLook {
  readonly action: Action;
  readonly facts: Facts;
  readonly results: readonly CallResult[];
  readonly seen: WorkloadObservation;
}

/**
 * Judges one look at a workload: first whether it is still what we wrote, then whether the controller has seen
 * it, then what stands in the way, and only then whether everything is there.
 */
export function judgeWorkload(look: WorkloadLook): Grading {
  return (
    undone(look) ??
    putBack(look) ??
    unobserved(look) ??
    held(look) ??
    failing(look) ??
    unprovable(look) ??
    progress(look)
  );
}

const bad = (sentence: string): Grading => ({ grade: 'bad', sentence });
const pending = (sentence: string): Grading => ({ grade: 'pending', sentence });

/** Somebody has put back what we wrote. */
function undone({ action, facts, seen }: WorkloadLook): Grading | undefined {
  const name = describeTarget(action.target);
  switch (action.verb) {
    case 'scale': {
      if (seen.desired === action.replicas) return undefined;
      const who =
        facts.autoscaler === undefined
          ? 'somebody'
          : `perhaps HorizontalPodAutoscaler/${facts.autoscaler.name}`;
      return bad(
        `${name} has ${seen.desired} replicas instead of ${action.replicas}: ${who} has changed it.`,
      );
    }
    case 'set image': {
      const other = action.images.find(({ container, image }) => seen.images[container] !== image);
      if (other === undefined) return undefined;
      const live = seen.images[other.container] ?? 'nothing';
      return bad(`The container ${other.container} of ${name} runs ${live} instead of ${other.image}.`);
    }
    case 'rollout restart':
      return seen.restartedAt === undefined ? bad(`The restart of ${name} has been taken back.`) : undefined;
    case 'rollout pause':
      return seen.paused ? undefined : bad(`${name} is not paused any more.`);
    case 'rollout resume':
      return seen.paused ? bad(`${name} is paused again.`) : undefined;
    default:
      return undefined;
  }
}

/** The same for what no case above has its own words for. */
function putBack({ seen }: WorkloadLook): Grading | undefined {
  return seen.changed === undefined ? undefined : bad(seen.changed);
}

/** Before the controller has seen our write, its status speaks of the time before. */
function unobserved({ action, facts, results, seen }: WorkloadLook): Grading | undefined {
  const written = Math.max(facts.identity.generation, ...results.map(({ generation }) => generation ?? 0));
  if (seen.observedGeneration >= Math.max(written, seen.generation)) return undefined;
  return pending(`The controller has not seen the change to ${describeTarget(action.target)} yet.`);
}

/** A pause is done as soon as the controller has seen it, however far the rollout had come. */
function held({ action, seen }: WorkloadLook): Grading | undefined {
  if (action.verb !== 'rollout pause') return undefined;
  const state = `${seen.updated} of ${seen.desired} pods are of the newest revision`;
  return { grade: 'good', sentence: `${describeTarget(action.target)} is paused: ${state}.` };
}

function failing(look: WorkloadLook): Grading | undefined {
  const { action, seen } = look;
  if (seen.progressDeadlineExceeded) {
    return bad(`The rollout of ${describeTarget(action.target)} has exceeded its progress deadline.`);
  }
  if (seen.replicaFailure !== undefined) return bad(`Pods cannot be created: ${seen.replicaFailure}`);
  const crash = crashing(look);
  return crash === undefined ? undefined : bad(`${crash}.`);
}

/**
 * While a rollout replaces pods, only the new ones can fail it: the old ones are on their way out. When it is
 * complete every pod counts. A scale keeps its old pods, but they were there before.
 */
function crashing({ action, facts, seen }: WorkloadLook): string | undefined {
  const before = facts.subject.kind === 'workload' ? facts.subject.pods : [];
  const complete = missing(action.target.kind, seen) === undefined;
  const judged = seen.pods.filter((pod) => !pod.deleting && (complete || isNew(pod, before)));
  return judged.map((pod) => crashOf(pod, before)).find((crash) => crash !== undefined);
}

/** States in which `kubectl rollout status` says success or waits for ever, and nothing is proven. */
function unprovable({ action, seen }: WorkloadLook): Grading | undefined {
  const name = describeTarget(action.target);
  if (seen.paused && action.verb !== 'scale') {
    return pending(`${name} is paused: the change waits until it is resumed.`);
  }
  if (seen.onDelete && action.verb !== 'scale') {
    return pending(`${name} replaces pods only when they are deleted (OnDelete).`);
  }
  const emptied = action.verb === 'scale' && action.replicas === 0;
  return seen.desired === 0 && !emptied
    ? pending(`${name} has no replicas: nothing runs that could prove it.`)
    : undefined;
}

function progress({ action, seen }: WorkloadLook): Grading {
  const name = describeTarget(action.target);
  const lacking =
    action.verb === 'scale' ? missingAfterScale(action, seen) : missing(action.target.kind, seen);
  if (lacking !== undefined) return pending(`${name}: ${lacking}.`);
  const unready = seen.pods.filter((pod) => !pod.deleting && !pod.ready);
  if (unready.length > 0)
    return pending(`${name}: ${unready.map(({ name: pod }) => pod).join(', ')} not ready.`);
  if (seen.desired === 0) return { grade: 'good', sentence: `${name} is scaled to zero and no pod is left.` };
  const kept = action.verb === 'scale' ? '' : ' and of the new revision';
  return {
    grade: 'good',
    sentence:
      seen.desired === 1
        ? `${name}: its pod is ready${kept} and has not restarted.`
        : `${name}: all ${seen.desired} pods are ready${kept}, none has restarted.`,
  };
}

/** A scale is done when as many are ready as were asked for, whatever their revision. */
function missingAfterScale(action: Action, seen: WorkloadObservation): string | undefined {
  return missing(action.target.kind, { ...seen, updated: seen.desired });
}
