import type { Case } from '../../../domain/case.ts';
import type { Autoscaler } from '../../../domain/facts/autoscaler.ts';
import { nameOf, noObstacle, type Obstacle, obstacles, plural } from '../../obstacle.ts';
import { boundsOf } from '../bounds.ts';

const rule = 'autoscale-possible';
const because = (sentence: string, source: string): readonly Obstacle[] => [{ rule, sentence, source }];

/** An autoscaler that somebody else keeps, limits that contradict each other, a metric it lacks, what is so already. */
export function precondition(judged: Case<'autoscale'>): readonly Obstacle[] {
  const { autoscaler: live, scaledObject, unknown } = judged.facts;
  const target = nameOf(judged.action.target);
  // KEDA keeps one of its own, but for while it is paused.
  if (scaledObject !== undefined && live?.owner === undefined) {
    const name = `ScaledObject/${scaledObject.name}`;
    return because(`${name} sets how many replicas ${target} has: change ${name}.`, name);
  }
  if (live !== undefined) return unchangeable(judged, live);
  if (!unknown.some(({ fact }) => fact === 'autoscaler')) return noObstacle;
  const sentence = `It is not known whether ${target} has an autoscaler; two would work against each other.`;
  return obstacles(rule, judged, 'HorizontalPodAutoscalers', sentence);
}

function unchangeable({ action }: Case<'autoscale'>, live: Autoscaler): readonly Obstacle[] {
  const name = `HorizontalPodAutoscaler/${live.name}`;
  const source = `${name}: spec`;
  if (live.owner !== undefined) {
    const owner = `${live.owner.kind}/${live.owner.name}`;
    return because(`${owner} owns ${name} and puts it back: change ${owner}.`, source);
  }
  if (action.cpu !== undefined && live.cpu === undefined)
    return because(`${name} does not scale by a percentage of the processor time.`, source);
  const { min, max, cpu } = boundsOf(action, live);
  if (min > max)
    return because(
      `${name} keeps at least ${plural(min, 'replica')}, more than ${max}: give --min too.`,
      source,
    );
  const isSo = min === live.min && max === live.max && cpu === live.cpu?.percent;
  return isSo ? because(`${name} already keeps ${min} to ${plural(max, 'replica')}.`, source) : noObstacle;
}
