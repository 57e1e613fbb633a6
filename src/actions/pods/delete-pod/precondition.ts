import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { podOf } from '../../subject.ts';

const rule = 'pod-replaceable';

/** A pod that nothing brings back, one that the kubelet holds, one on its way out. */
export function precondition(judged: Case<'delete pod'>): readonly Obstacle[] {
  const subject = podOf(judged);
  if (subject === undefined) return noObstacle;
  const name = nameOf(judged.action.target);
  if (subject.mirror) {
    const sentence = `${name} mirrors a static pod: deleting it restarts nothing, the kubelet of its node runs it.`;
    return obstacles(rule, judged, 'metadata.annotations', sentence);
  }
  if (subject.controller === undefined) {
    const sentence = `${name} has no controller: nothing would bring it back.`;
    return obstacles(rule, judged, 'metadata.ownerReferences', sentence);
  }
  return subject.pod.deleting
    ? obstacles(rule, judged, 'metadata.deletionTimestamp', `${name} is being deleted already.`)
    : noObstacle;
}
