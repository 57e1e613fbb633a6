import { describeTarget } from '../../../domain/action.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { ActionKind } from '../../action-kind.ts';
import { type DraftInput, guardedPatch, send } from '../../draft.ts';
import { bad, good, gradeSame } from '../../measurement.ts';
import { allKnown, nothingFollows, nothingMore, putBack, quietEffect } from '../../no-effect.ts';
import { nameOf, noObstacle, obstacles, plural } from '../../obstacle.ts';
import { unchangedSpec } from '../../pod-template/unchanged.ts';
import { workloadOf } from '../../subject.ts';
import { gradeWorkload } from '../grade.ts';
import { imagesOf } from '../rolling-update.ts';
import { pauseRolloutCommand } from './command.ts';

/** Holds a Deployment's rollout where it is. */
export const pause: ActionKind<'rollout pause'> = {
  command: pauseRolloutCommand,
  needs: nothingMore,
  writes: () => [['spec', 'paused']],
  precondition: (judged) =>
    workloadOf(judged)?.paused === true
      ? obstacles(
          'pause-possible',
          judged,
          'spec.paused',
          `${nameOf(judged.action.target)} is already paused.`,
        )
      : noObstacle,
  effect: () =>
    quietEffect({ rollout: 'holds', drift: putBack, consequences: nothingFollows, unknown: allKnown }),
  targetState: ({ action: { target } }) => ({
    sentence: `Changes to ${describeTarget(target)} wait until it is resumed.`,
    fields: { 'spec.paused': true },
  }),
  rollback: ({ action: { target } }) => ({
    kind: 'action',
    action: { verb: 'rollout resume', target },
    sentence: `Resume ${describeTarget(target)} again.`,
  }),
  lasting: nothingLasts('A pause is meant to end: a repository that held it would keep the rollout paused.'),
  constraints: () => [],
  binding: (judged) => {
    const workload = workloadOf(judged);
    return workload === undefined ? {} : { images: imagesOf(workload), paused: workload.paused };
  },
  calls: (input) => send(pauseCall(input)),
  verification: ({ target }) => `${describeTarget(target)} is paused`,
  observed: ({ action }) => action.target,
  /** A pause is done as soon as the controller has seen it, however far the rollout had come. */
  grade: (measurement) => {
    const name = describeTarget(measurement.action.target);
    return gradeSame(
      measurement,
      (seen) =>
        gradeWorkload(
          measurement,
          seen,
          ({ paused }) => (paused ? undefined : bad(`${name} is not paused any more.`)),
          ({ updated, desired }) =>
            good(
              `${name} is paused: ${updated} of ${plural(desired, 'pod')} ${updated === 1 ? 'is' : 'are'} of the newest revision.`,
            ),
        ),
      { changed: 'own words' },
    );
  },
};

/** `spec.paused` is left out by the API server when it is false, so absent is what a test must expect. */
function pauseCall(input: DraftInput<'rollout pause'>) {
  return guardedPatch(input, {
    operations: [
      ...unchangedSpec(input),
      { op: 'test', path: '/spec/paused', value: null },
      { op: 'add', path: '/spec/paused', value: true },
    ],
    done: [{ path: '/spec/paused', value: true }],
    sentence: `Pause the rollout of ${describeTarget(input.action.target)}.`,
  });
}
