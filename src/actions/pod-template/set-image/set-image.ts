import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import { containerSteps, type LastingForm, lastingFields } from '../../../domain/manifest/lasting.ts';
import type { DeclarativeSpec, RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { bad, type Grading, gradeSame, type Measurement } from '../../measurement.ts';
import { putBack } from '../../no-effect.ts';
import { liveUnknown } from '../../rollback.ts';
import { gradeRollout, rolloutVerification } from '../../rollout/grade.ts';
import { freeing } from '../../rollout/held-up.ts';
import { imagesOf, templateEffect } from '../../rollout/rolling-update.ts';
import type { WorkloadObservation } from '../../rollout/status.ts';
import { workloadOf } from '../../subject.ts';
import { fieldOf } from '../containers.ts';
import { calls } from './calls.ts';
import { setImageCommand } from './command.ts';
import { imageFlaw } from './image-reference.ts';
import { precondition } from './precondition.ts';

type SetImage = Case<'set image'>;

const otherCode = { content: { code: true, configuration: false }, drift: putBack } as const;

/** Runs other images. */
export const setImage: ActionKind<'set image'> = freeing({
  command: setImageCommand,
  needs: () => ({ newTemplate: true }),
  writes: () => [['spec', 'template']],
  precondition,
  effect: (judged) => templateEffect(judged, otherCode),
  targetState,
  rollback: toLiveImages,
  lasting: toImages,
  constraints: () => [],
  binding: (judged) => {
    const workload = workloadOf(judged);
    return workload === undefined ? {} : { images: imagesOf(workload), paused: workload.paused };
  },
  calls,
  verification: rolloutVerification,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(
      measurement,
      (seen) => gradeRollout(measurement, seen, (workload) => otherImage(measurement, workload)),
      {
        changed: 'own words',
      },
    ),
});

function targetState(judged: SetImage): DeclarativeSpec['targetState'] {
  const { target, images } = judged.action;
  const containers = workloadOf(judged)?.containers ?? [];
  const fields: DeclarativeSpec['targetState']['fields'] = {};
  let changes = '';
  for (const { container, image } of images) {
    const init = containers.some((each) => each.init && each.name === container);
    fields[`${fieldOf({ name: container, init })}.image`] = image;
    changes += `${changes === '' ? '' : ', '}${container} runs ${image}`;
  }
  return { sentence: `In ${describeTarget(target)} ${changes}.`, fields };
}

function toLiveImages(judged: SetImage): RollbackPlan {
  const { target, images } = judged.action;
  const containers = workloadOf(judged)?.containers ?? [];
  const live: { container: string; image: string }[] = [];
  let list = '';
  for (const { container } of images) {
    const image = containers.find(({ name }) => name === container)?.image;
    if (image === undefined || imageFlaw(image) !== undefined) return liveUnknown;
    live.push({ container, image });
    list += `${list === '' ? '' : ', '}${container} to ${image}`;
  }
  const sentence = `Set ${list} in ${describeTarget(target)}, which is live now.`;
  return { kind: 'action', action: { verb: 'set image', target, images: live }, sentence };
}

function otherImage({ action }: Measurement<'set image'>, seen: WorkloadObservation): Grading | undefined {
  const other = action.images.find(({ container, image }) => seen.images[container] !== image);
  if (other === undefined) return undefined;
  const live = seen.images[other.container] ?? 'nothing';
  const name = describeTarget(action.target);
  return bad(`The container ${other.container} of ${name} runs ${live} instead of ${other.image}.`);
}

function toImages(judged: SetImage): LastingForm {
  const { target, images } = judged.action;
  const containers = workloadOf(judged)?.containers ?? [];
  return lastingFields(
    target,
    images.map(({ container, image }) => {
      const live = containers.find(({ name }) => name === container);
      const path = [...containerSteps({ name: container, init: live?.init ?? false }), 'image'];
      return { path, value: image, ...(live === undefined ? {} : { was: live.image }) };
    }),
  );
}
