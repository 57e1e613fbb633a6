import { type Action, describeTarget } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Json } from '../../domain/text/json.ts';
import { autoscale } from '../../actions/scaling/autoscale/calls.ts';
import { cordon, uncordon } from '../../actions/nodes/cordoning.ts';
import { createJob } from '../../actions/jobs/create-job/calls.ts';
import { deleteJob } from '../../actions/jobs/delete-job/calls.ts';
import { deletePod } from '../../actions/pods/delete-pod/calls.ts';
import { drain } from '../../actions/nodes/drain/calls.ts';
import { annotate, label } from '../../actions/metadata/calls.ts';
import { patchFields } from '../../actions/fields/patch/calls.ts';
import { pause, resume } from '../../actions/rollout/pausing.ts';
import { restart } from '../../actions/rollout/restart/calls.ts';
import { scale } from '../../actions/scaling/scale/calls.ts';
import { setEnv } from '../../actions/pod-template/set-env/calls.ts';
import { setImage } from '../../actions/pod-template/set-image/calls.ts';
import { setResources } from '../../actions/pod-template/set-resources/calls.ts';
import { resumeJob, suspend } from '../../actions/jobs/suspending.ts';
import { taint } from '../../actions/nodes/taint/calls.ts';
import { undo } from '../../actions/rollout/undo/calls.ts';
import type { Draft, DraftInput } from './draft.ts';
import { valueAt } from './pointer.ts';

/**
 * Draws up the guarded calls for an action. Every call binds to the uid and to the values that were seen, and says
 * how it is recognised when it is found done.
 *
 * @param input.snapshot the raw object, read together with the facts
 * @param input.stamp ISO instant of this execution, the same in every retry
 */
export function planExecution(input: {
  action: Action;
  facts: Facts;
  snapshot: Json;
  remediationId: string;
  stamp: string;
}): { kind: 'plan'; plan: Plan } | { kind: 'refused'; reason: string } {
  const uid = valueAt(input.snapshot, 'metadata', 'uid');
  if (uid !== undefined && uid !== input.facts.identity.uid) {
    const reason = `The snapshot of ${describeTarget(input.action.target)} is of another object than its facts.`;
    return { kind: 'refused', reason };
  }
  const drawn = draw(input);
  if (drawn.kind === 'refused') return drawn;
  const fieldManager = `firebreak/${input.remediationId}`;
  return { kind: 'plan', plan: { calls: [...drawn.calls], fieldManager } };
}

function draw({ action, ...rest }: DraftInput): Draft {
  switch (action.verb) {
    case 'rollout restart':
      return restart({ action, ...rest });
    case 'rollout undo':
      return undo({ action, ...rest });
    case 'rollout pause':
      return pause({ action, ...rest });
    case 'rollout resume':
      return resume({ action, ...rest });
    case 'scale':
      return scale({ action, ...rest });
    case 'set image':
      return setImage({ action, ...rest });
    case 'delete pod':
      return deletePod({ action, ...rest });
    case 'cordon':
      return cordon({ action, ...rest });
    case 'uncordon':
      return uncordon({ action, ...rest });
    case 'drain':
      return drain({ action, ...rest });
    case 'taint':
      return taint({ action, ...rest });
    case 'label':
      return label({ action, ...rest });
    case 'annotate':
      return annotate({ action, ...rest });
    case 'set env':
      return setEnv({ action, ...rest });
    case 'set resources':
      return setResources({ action, ...rest });
    case 'autoscale':
      return autoscale({ action, ...rest });
    case 'suspend':
      return suspend({ action, ...rest });
    case 'resume':
      return resumeJob({ action, ...rest });
    case 'create job':
      return createJob({ action, ...rest });
    case 'delete job':
      return deleteJob({ action, ...rest });
    case 'patch':
      return patchFields({ action, ...rest });
  }
}
