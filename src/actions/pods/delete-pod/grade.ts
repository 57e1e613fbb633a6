import { describeTarget } from '../../../domain/action.ts';
import {
  bad,
  type Grading,
  good,
  type Measurement,
  type ObservationOf,
  pending,
  unlike,
} from '../../measurement.ts';
import { podOf } from '../../subject.ts';
import { crashOf } from '../crash.ts';
import { silentNodeOf } from './effect.ts';

/** A pod's successor has its name only in a StatefulSet; elsewhere that it is gone is all that can be seen. */
export function grade(measurement: Measurement<'delete pod'>): Grading {
  const { action, facts, observation: seen } = measurement;
  const name = describeTarget(action.target);
  if (seen.kind === 'absent')
    return podOf(measurement)?.controller?.kind === 'StatefulSet'
      ? pending(`${name} is gone; its successor is not there yet.`)
      : good(`${name} is gone.`);
  if (seen.kind !== 'pod') return unlike(name, seen);
  if (seen.uid !== facts.identity.uid) return gradeSuccessor(name, seen);
  const silent = silentNodeOf(measurement);
  const waits = silent === undefined ? '' : ` Node/${silent.name} was not ready: nobody confirms its end.`;
  return seen.pod.deleting
    ? pending(`${name} is being deleted.${waits}`)
    : bad(`${name} is still there and not being deleted.`);
}

function gradeSuccessor(name: string, { pod }: ObservationOf<'pod'>): Grading {
  const crash = crashOf(pod, []);
  if (crash !== undefined) return bad(`The successor crashes: ${crash}.`);
  return pod.ready
    ? good(`The successor of ${name} is ready.`)
    : pending(`The successor of ${name} is not ready yet.`);
}
