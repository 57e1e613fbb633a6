import type { ActionOf } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { Observation } from '../../../domain/verdict.ts';
import type { Grading } from '../../rollout/look.ts';
import { boundsOf, within } from '../bounds.ts';

/**
 * An autoscaler works when it has the limits that were asked for, can work out how many replicas there should be, and
 * those that there are lie within. Without metrics nothing is proven: it keeps to its limits and does no more.
 */
export function autoscaled(action: ActionOf<'autoscale'>, facts: Facts, seen: Observation): Grading {
  const live = facts.autoscaler;
  const name = `HorizontalPodAutoscaler/${live?.name ?? action.target.name} in ${action.target.namespace}`;
  if (seen.kind === 'absent') return { grade: 'bad', sentence: `${name} is gone.` };
  if (seen.kind !== 'autoscaler')
    return {
      grade: 'error',
      sentence: `${name} was looked at as a ${seen.kind}; nothing can be said of it.`,
    };
  if (live?.uid !== undefined && seen.uid !== live.uid)
    return { grade: 'bad', sentence: `${name} is another object now: it was deleted and made again.` };
  const { min, max } = boundsOf(action, live);
  if (seen.min !== min || seen.max !== max) {
    const sentence = `${name} keeps ${seen.min} to ${seen.max} instead of ${min} to ${max}: somebody has changed it back.`;
    return { grade: 'bad', sentence };
  }
  if (seen.changed !== undefined) return { grade: 'bad', sentence: seen.changed };
  return working(name, seen);
}

type Seen = Extract<Observation, { kind: 'autoscaler' }>;

function working(name: string, { min, max, current, scaling }: Seen): Grading {
  if (scaling === undefined) return { grade: 'pending', sentence: `${name} has not looked yet.` };
  if (within({ min, max }, current) !== current)
    return { grade: 'pending', sentence: `${name} keeps ${min} to ${max}; there are ${current} now.` };
  if (!scaling.active) {
    const sentence = `${name} cannot work out how many replicas there should be (${scaling.reason}).`;
    return { grade: 'pending', sentence };
  }
  return { grade: 'good', sentence: `${name} keeps ${min} to ${max} replicas and has ${current}.` };
}
