import { describeTarget } from '../../../domain/action.ts';
import type { Drift } from '../../../domain/effect.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { ActionKind } from '../../action-kind.ts';
import { bad, type Grading, good, type Measurement, pending } from '../../measurement.ts';
import { nothingMore } from '../../no-effect.ts';
import { nameOf, noObstacle, obstacles } from '../../obstacle.ts';
import { noRollback } from '../../rollback.ts';
import { jobOf } from '../../subject.ts';
import { stoppedEffect } from '../effect.ts';
import { calls } from './calls.ts';
import { deleteJobCommand } from './command.ts';
import { scheduledRun } from './scheduled-run.ts';

const madeAnew: Drift = { source: 'made anew', operator: 'made anew' };

/** Deletes a Job and its pods. */
export const deleteJob: ActionKind<'delete job'> = {
  command: deleteJobCommand,
  needs: nothingMore,
  writes: () => [],
  precondition: (judged) => {
    if (jobOf(judged)?.deleting !== true) return noObstacle;
    const sentence = `${nameOf(judged.action.target)} is being deleted already.`;
    return obstacles('delete-job-possible', judged, 'metadata.deletionTimestamp', sentence);
  },
  effect: (judged) =>
    stoppedEffect(judged, {
      drift: madeAnew,
      run: { stopsSchedule: false, work: 'gone' },
      consequences: scheduledRun(judged),
    }),
  targetState: ({ action }) => ({
    sentence: `${describeTarget(action.target)} and its pods are gone.`,
    fields: {},
  }),
  rollback: ({ action }) =>
    noRollback(
      `A deleted Job does not come back: the manifest of ${describeTarget(action.target)} is kept in the snapshot, what it has done is done.`,
    ),
  lasting: nothingLasts('A deleted Job leaves nothing behind that a repository could hold.'),
  constraints: () => [],
  binding: (judged) => {
    const job = jobOf(judged);
    return job === undefined ? {} : { suspended: job.suspended };
  },
  calls,
  verification: ({ target }) => `${describeTarget(target)} and its pods are gone`,
  observed: ({ action }) => action.target,
  grade,
};

/** It is gone when no object of its name has its uid, and its pods have gone after it. */
function grade({ action, facts, observation: seen }: Measurement<'delete job'>): Grading {
  const name = describeTarget(action.target);
  if (seen.kind !== 'absent') {
    return seen.uid === facts.identity.uid
      ? pending(`${name} is still there.`)
      : bad(`${name} was deleted, and somebody has made another of its name: it runs again.`);
  }
  const { podsLeft = 0 } = seen;
  if (podsLeft > 0) return pending(`${name} is gone, ${podsLeft} of its pods still to go.`);
  return good(`${name} and its pods are gone.`);
}
