import type { Case } from '../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../obstacle.ts';
import { nodeOf } from '../subject.ts';

/** The last node that takes pods cannot be closed to them. A cordoned node may still be drained. */
export function lastNode(judged: Case<'cordon' | 'drain' | 'taint'>): readonly Obstacle[] {
  const node = nodeOf(judged);
  if (node === undefined || node.otherSchedulableNodes > 0) return noObstacle;
  const name = nameOf(judged.action.target);
  const sentence =
    node.unschedulable || !node.ready
      ? `No other node than ${name} could take pods.`
      : `${name} is the last node that can take pods.`;
  return notSchedulable(judged, sentence);
}

/** The node is not one that the action could close or open. */
export function notSchedulable(
  judged: Case<'cordon' | 'uncordon' | 'drain' | 'taint'>,
  sentence: string,
): readonly Obstacle[] {
  return obstacles('node-schedulable', judged, 'spec.unschedulable', sentence);
}
