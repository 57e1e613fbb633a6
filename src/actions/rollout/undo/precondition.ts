import type { Case } from '../../../domain/case.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { Revision } from '../../../domain/facts/revision.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';
import { undoRevision } from './revision.ts';
import { bestRevision } from './standing.ts';
import { commandTo } from './words.ts';

const rule = 'undo-possible';

/** No revision to go back to, one that runs already, or a paused rollout (kubectl refuses that too). */
export function precondition(judged: Case<'rollout undo'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const name = nameOf(judged.action.target);
  if (workload.paused)
    return obstacles(rule, judged, 'spec.paused', `${name} is paused and cannot be undone. Resume it first.`);
  const found = undoRevision(judged.action, workload);
  if (found.kind === 'revision')
    return found.revision.asLive === undefined
      ? noObstacle
      : obstacles(rule, judged, 'spec.template', nothingNew(judged, workload, found.revision));
  return obstacles(rule, judged, 'revision history', `${name} cannot be undone: ${found.reason}.`);
}

/** Whose pods would be replaced by their like, and where to go instead. */
function nothingNew(
  { action: { target }, facts }: Case<'rollout undo'>,
  workload: WorkloadSubject,
  { revision, change }: Revision,
): string {
  const name = nameOf(target);
  const what = change?.restart
    ? `Revision ${revision} differs from what ${name} runs only by the annotation of a restart: nothing would change.`
    : `${name} already runs the template of revision ${revision}: nothing would change.`;
  const best = bestRevision({ workload, now: facts.gatheredAt, records: [] });
  return best === undefined
    ? `${what} No other revision of its history is known to be any better.`
    : `${what} Revision ${best.revision.revision} is another one: ${commandTo(target, best.revision.revision)}`;
}
