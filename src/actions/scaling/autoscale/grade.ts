import {
  bad,
  type Grading,
  good,
  type Measurement,
  type ObservationOf,
  pending,
  unlike,
} from '../../measurement.ts';
import { boundsOf, rangeText, within } from '../bounds.ts';

/**
 * An autoscaler works when it has the limits that were asked for, can work out how many replicas there should be, and
 * those that there are lie within. Without metrics nothing is proven: it keeps to its limits and does no more.
 */
export function grade({ action, facts, observation: seen }: Measurement<'autoscale'>): Grading {
  const live = facts.autoscaler;
  const name = `HorizontalPodAutoscaler/${live?.name ?? action.target.name} in ${action.target.namespace}`;
  if (seen.kind === 'absent') return bad(`${name} is gone.`);
  if (seen.kind !== 'autoscaler') return unlike(name, seen);
  if (live?.uid !== undefined && seen.uid !== live.uid)
    return bad(`${name} is another object now: it was deleted and made again.`);
  const { min, max } = boundsOf(action, live);
  if (seen.min !== min || seen.max !== max)
    return bad(
      `${name} keeps ${seen.min} to ${seen.max} instead of ${min} to ${max}: somebody has changed it back.`,
    );
  if (seen.changed !== undefined) return bad(seen.changed);
  return working(name, seen);
}

function working(name: string, { min, max, current, scaling }: ObservationOf<'autoscaler'>): Grading {
  if (scaling === undefined) return pending(`${name} has not looked yet.`);
  if (within({ min, max }, current) !== current)
    return pending(`${name} keeps ${min} to ${max}; there are ${current} now.`);
  if (!scaling.active)
    return pending(`${name} cannot work out how many replicas there should be (${scaling.reason}).`);
  return good(`${name} keeps ${rangeText({ min, max })} and has ${current}.`);
}
