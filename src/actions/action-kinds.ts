import type { Verb } from '../domain/action.ts';
import type { ActionKind } from './action-kind.ts';
import { patch } from './fields/patch/patch.ts';
import { createJob } from './jobs/create-job/create-job.ts';
import { deleteJob } from './jobs/delete-job/delete-job.ts';
import { resumeRuns } from './jobs/resume/resume.ts';
import { suspend } from './jobs/suspend/suspend.ts';
import { annotate } from './metadata/annotate/annotate.ts';
import { label } from './metadata/label/label.ts';
import { cordon } from './nodes/cordon/cordon.ts';
import { drain } from './nodes/drain/drain.ts';
import { taint } from './nodes/taint/taint.ts';
import { uncordon } from './nodes/uncordon/uncordon.ts';
import { setEnv } from './pod-template/set-env/set-env.ts';
import { setImage } from './pod-template/set-image/set-image.ts';
import { setResources } from './pod-template/set-resources/set-resources.ts';
import { deletePod } from './pods/delete-pod/delete-pod.ts';
import { pause } from './rollout/pause/pause.ts';
import { restart } from './rollout/restart/restart.ts';
import { resume } from './rollout/resume/resume.ts';
import { undo } from './rollout/undo/undo.ts';
import { autoscale } from './scaling/autoscale/autoscale.ts';
import { scale } from './scaling/scale/scale.ts';

type ActionKinds = { readonly [V in Verb]: ActionKind<V> };

/**
 * The closed set: every verb with all that belongs to it, in the order in which people are told of it. A new verb is one
 * folder and one line here.
 */
export const actionKinds: ActionKinds = {
  'rollout restart': restart,
  'rollout undo': undo,
  'rollout pause': pause,
  'rollout resume': resume,
  scale,
  'set image': setImage,
  'set env': setEnv,
  'set resources': setResources,
  autoscale,
  'delete pod': deletePod,
  'delete job': deleteJob,
  'create job': createJob,
  suspend,
  resume: resumeRuns,
  cordon,
  uncordon,
  drain,
  taint,
  label,
  annotate,
  patch,
};

/** All that belongs to a verb. */
export function kindOf<V extends Verb>(verb: V): ActionKind<V> {
  return actionKinds[verb];
}

/** All of them, in the order of the table. */
export const allKinds: readonly ActionKinds[Verb][] = Object.values(actionKinds);
