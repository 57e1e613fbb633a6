import type { Action, ActionOf } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { undoRevision } from '../../actions/rollout/undo/revision.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { batchState } from './target-state/batch.ts';
import { fieldsState } from './target-state/fields.ts';
import { nodeState } from './target-state/node.ts';

type TargetState = DeclarativeSpec['targetState'];

/**
 * What the target will look like if the action works. Holds nothing that a status write changes: approvals bind to it.
 *
 * @param name the target's, such as `Deployment/web in shop`
 */
export function targetStateOf(action: Action, facts: Facts, name: string): TargetState {
  switch (action.verb) {
    case 'rollout restart':
      return {
        sentence: `All pods of ${name} are replaced; the template stays as it is.`,
        fields: {
          'spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]': 'time of execution',
        },
      };
    case 'rollout undo':
      return undone(action, facts, name);
    case 'rollout pause':
      return { sentence: `Changes to ${name} wait until it is resumed.`, fields: { 'spec.paused': true } };
    case 'rollout resume':
      return { sentence: `Changes to ${name} roll out again.`, fields: { 'spec.paused': false } };
    case 'scale':
      return {
        sentence: `${name} has ${action.replicas} replicas.`,
        fields: { 'spec.replicas': action.replicas },
      };
    case 'set image':
      return imaged(action, facts, name);
    case 'delete pod':
      return { sentence: `${name} is gone and its controller has started another.`, fields: {} };
    case 'cordon':
      return { sentence: `${name} takes no new pods.`, fields: { 'spec.unschedulable': true } };
    case 'uncordon':
      return { sentence: `${name} takes new pods again.`, fields: { 'spec.unschedulable': false } };
    case 'drain':
    case 'taint':
      return nodeState(action, facts);
    case 'suspend':
    case 'resume':
    case 'create job':
    case 'delete job':
      return batchState(action, facts);
    case 'label':
    case 'annotate':
    case 'set env':
    case 'set resources':
    case 'autoscale':
    case 'patch':
      return fieldsState(action, facts);
  }
}

function undone(action: ActionOf<'rollout undo'>, { subject }: Facts, name: string): TargetState {
  const found = subject.kind === 'workload' ? undoRevision(action, subject) : undefined;
  if (found?.kind !== 'revision') return { sentence: `${name} runs an earlier revision.`, fields: {} };
  const { revision, source } = found.revision;
  return {
    sentence: `${name} runs the template of revision ${revision} (${source}).`,
    fields: { 'spec.template': `revision ${revision}` },
  };
}

function imaged(action: ActionOf<'set image'>, { subject }: Facts, name: string): TargetState {
  const containers = subject.kind === 'workload' ? subject.containers : [];
  const fields: TargetState['fields'] = {};
  let changes = '';
  for (const { container, image } of action.images) {
    const isInit = containers.some(({ name, init }) => init && name === container);
    fields[`spec.template.spec.${isInit ? 'initContainers' : 'containers'}[${container}].image`] = image;
    changes += `${changes === '' ? '' : ', '}${container} runs ${image}`;
  }
  return { sentence: `In ${name} ${changes}.`, fields };
}
