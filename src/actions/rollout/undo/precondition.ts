import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';
import { undoRevision } from './revision.ts';

const rule = 'undo-possible';

/** No revision to go back to, or a paused rollout (kubectl refuses that too). */
export function precondition(judged: Case<'rollout undo'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const name = nameOf(judged.action.target);
  if (workload.paused)
    return obstacles(rule, judged, 'spec.paused', `${name} is paused and cannot be undone. Resume it first.`);
  const found = undoRevision(judged.action, workload);
  if (found.kind === 'revision') return noObstacle;
  return obstacles(rule, judged, 'revision history', `${name} cannot be undone: ${found.reason}.`);
}
