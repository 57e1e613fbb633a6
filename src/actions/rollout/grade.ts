import { describeTarget, type Request } from '../../domain/action.ts';
import { bad, type Grading, good, type Measurement, type Present, pending, unlike } from '../measurement.ts';
import { crashOf, isNew } from '../pods/crash.ts';
import { missing, type WorkloadObservation } from './status.ts';

/** What somebody has put back of what we wrote, in the kind's own words. */
type Undone = (seen: WorkloadObservation) => Grading | undefined;

/** How the kind's own end differs from that of a rollout. */
export interface RolloutEnd {
  /** What stands in the way of a verdict; the usual: paused, OnDelete, no replicas. */
  readonly unprovable: (seen: WorkloadObservation) => Grading | undefined;
  /** What is not there yet. */
  readonly lacking: (seen: WorkloadObservation) => string | undefined;
  /** How the pods that are there are called: ` and of the new revision`. */
  readonly kept: string;
}

/** The verification plan of whatever ends in a complete rollout. */
export const rolloutVerification = ({ target }: Request): string =>
  `the rollout of ${describeTarget(target)} is complete, every pod is ready, none restarts`;

/**
 * Judges one look at a workload whose controller has to follow: first whether it is still what we wrote, then whether the
 * controller has seen it, then what stands in the way, and only then whether everything is there.
 */
export function gradeRollout(
  measurement: Measurement,
  seen: Present,
  undone: Undone = () => undefined,
  end: RolloutEnd = usualEnd(measurement),
): Grading {
  const name = describeTarget(measurement.action.target);
  if (seen.kind !== 'workload') return unlike(name, seen);
  return (
    undone(seen) ??
    putBack(seen) ??
    unobserved(measurement, seen) ??
    failing(measurement, seen) ??
    end.unprovable(seen) ??
    progress(name, seen, end)
  );
}

/** A change to the object that no pod follows: it is done as soon as the controller has seen it. */
export function gradeWorkload(
  measurement: Measurement,
  seen: Present,
  undone: Undone,
  done: (seen: WorkloadObservation) => Grading,
): Grading {
  if (seen.kind !== 'workload') return unlike(describeTarget(measurement.action.target), seen);
  return undone(seen) ?? putBack(seen) ?? unobserved(measurement, seen) ?? done(seen);
}

/** The same for what the kind has no own words for. */
function putBack({ changed }: WorkloadObservation): Grading | undefined {
  return changed === undefined ? undefined : bad(changed);
}

/** Before the controller has seen our write, its status speaks of the time before. */
function unobserved({ action, facts, results }: Measurement, seen: WorkloadObservation): Grading | undefined {
  const written = Math.max(facts.identity.generation, ...results.map(({ generation }) => generation ?? 0));
  if (seen.observedGeneration >= Math.max(written, seen.generation)) return undefined;
  return pending(`The controller has not seen the change to ${describeTarget(action.target)} yet.`);
}

function failing(measurement: Measurement, seen: WorkloadObservation): Grading | undefined {
  if (seen.progressDeadlineExceeded)
    return bad(
      `The rollout of ${describeTarget(measurement.action.target)} has exceeded its progress deadline.`,
    );
  if (seen.replicaFailure !== undefined) return bad(`Pods cannot be created: ${seen.replicaFailure}`);
  const crash = crashing(measurement, seen);
  return crash === undefined ? undefined : bad(`${crash}.`);
}

/**
 * While a rollout replaces pods, only the new ones can fail it: the old ones are on their way out. When it is
 * complete every pod counts. A scale keeps its old pods, but they were there before.
 */
function crashing({ action, facts }: Measurement, seen: WorkloadObservation): string | undefined {
  const before = facts.subject.kind === 'workload' ? facts.subject.pods : [];
  const complete = missing(action.target.kind, seen) === undefined;
  const judged = seen.pods.filter((pod) => !pod.deleting && (complete || isNew(pod, before)));
  return judged.map((pod) => crashOf(pod, before)).find((crash) => crash !== undefined);
}

/** States in which `kubectl rollout status` says success or waits for ever, and nothing is proven. */
function usualEnd({ action: { target } }: Measurement): RolloutEnd {
  const name = describeTarget(target);
  return {
    unprovable: ({ paused, onDelete, desired }) => {
      if (paused) return pending(`${name} is paused: the change waits until it is resumed.`);
      if (onDelete) return pending(`${name} replaces pods only when they are deleted (OnDelete).`);
      return desired === 0
        ? pending(`${name} has no replicas: nothing runs that could prove it.`)
        : undefined;
    },
    lacking: (seen) => missing(target.kind, seen),
    kept: ' and of the new revision',
  };
}

function progress(name: string, seen: WorkloadObservation, { lacking, kept }: RolloutEnd): Grading {
  const lacks = lacking(seen);
  if (lacks !== undefined) return pending(`${name}: ${lacks}.`);
  const unready = seen.pods.filter((pod) => !pod.deleting && !pod.ready);
  if (unready.length > 0)
    return pending(`${name}: ${unready.map(({ name: pod }) => pod).join(', ')} not ready.`);
  if (seen.desired === 0) return good(`${name} is scaled to zero and no pod is left.`);
  return good(
    seen.desired === 1
      ? `${name}: its pod is ready${kept} and has not restarted.`
      : `${name}: all ${seen.desired} pods are ready${kept}, none has restarted.`,
  );
}
