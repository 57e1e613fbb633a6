import { describeTarget } from '../../../domain/action.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { ActionKind } from '../../action-kind.ts';
import { type DraftInput, guardedPatch, send } from '../../draft.ts';
import { bad, gradeSame } from '../../measurement.ts';
import { nothingMore, putBack, sameContent } from '../../no-effect.ts';
import { nameOf, noObstacle, obstacles } from '../../obstacle.ts';
import { unchangedSpec } from '../../pod-template/unchanged.ts';
import { workloadOf } from '../../subject.ts';
import { gradeRollout, rolloutVerification } from '../grade.ts';
import { imagesOf, rolloutEffect } from '../rolling-update.ts';
import { resumeRolloutCommand } from './command.ts';

/** Lets a Deployment's rollout go on: pods that a paused change has left behind are replaced. */
export const resume: ActionKind<'rollout resume'> = {
  command: resumeRolloutCommand,
  needs: nothingMore,
  writes: () => [['spec', 'paused']],
  precondition: (judged) =>
    workloadOf(judged)?.paused === false
      ? obstacles('pause-possible', judged, 'spec.paused', `${nameOf(judged.action.target)} is not paused.`)
      : noObstacle,
  effect: (judged) => {
    const workload = workloadOf(judged);
    const behind = workload === undefined ? 0 : Math.max(0, workload.desired - workload.updated);
    return rolloutEffect(judged, behind, { content: sameContent, drift: putBack, rollout: 'releases' });
  },
  targetState: ({ action: { target } }) => ({
    sentence: `Changes to ${describeTarget(target)} roll out again.`,
    fields: { 'spec.paused': false },
  }),
  rollback: ({ action: { target } }) => ({
    kind: 'action',
    action: { verb: 'rollout pause', target },
    sentence: `Pause ${describeTarget(target)} again.`,
  }),
  lasting: nothingLasts('Resuming a rollout leaves nothing behind that a repository could hold.'),
  constraints: () => [],
  binding: (judged) => {
    const workload = workloadOf(judged);
    return workload === undefined ? {} : { images: imagesOf(workload), paused: workload.paused };
  },
  calls: (input) => send(resumeCall(input)),
  verification: rolloutVerification,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(
      measurement,
      (seen) =>
        gradeRollout(measurement, seen, ({ paused }) =>
          paused ? bad(`${describeTarget(measurement.action.target)} is paused again.`) : undefined,
        ),
      { changed: 'own words' },
    ),
};

function resumeCall(input: DraftInput<'rollout resume'>) {
  return guardedPatch(input, {
    operations: [
      ...unchangedSpec(input),
      { op: 'test', path: '/spec/paused', value: true },
      { op: 'remove', path: '/spec/paused' },
    ],
    done: [{ path: '/spec/paused', value: null }],
    sentence: `Resume the rollout of ${describeTarget(input.action.target)}.`,
  });
}
