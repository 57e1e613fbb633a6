import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { cronJobOf, jobOf } from '../../subject.ts';

const rule = 'create-job-possible';

/** A name that is taken, a Job that has not ended, a source on its way out. */
export function precondition(judged: Case<'create job'>): readonly Obstacle[] {
  const job = jobOf(judged);
  const source = job ?? cronJobOf(judged);
  if (source === undefined) return noObstacle;
  if (source.nameTaken === true) return taken(judged);
  const name = nameOf(judged.action.target);
  if (source.deleting === true) {
    const sentence = `${name} is being deleted: what is made from it would go with it.`;
    return obstacles(rule, judged, 'metadata.deletionTimestamp', sentence);
  }
  if (job === undefined || job.ended !== undefined) return noObstacle;
  const state = job.suspended ? 'is suspended: resume it instead' : 'still runs: it would run twice at once';
  return obstacles(rule, judged, 'status.conditions', `${name} ${state}.`);
}

function taken({ action: { job, target } }: Case<'create job'>): readonly Obstacle[] {
  const sentence = `There is a Job/${job} in ${target.namespace} already.`;
  return [{ rule, sentence, source: `Job/${job} in ${target.namespace}` }];
}
