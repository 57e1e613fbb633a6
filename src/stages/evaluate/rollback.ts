import { type Action, type ActionOf, isImageReference } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { RollbackPlan } from '../../domain/spec.ts';
import { batchBack } from './rollback/batch.ts';
import { fieldsBack } from './rollback/fields.ts';
import { nodeBack } from './rollback/node.ts';

const none = (sentence: string): RollbackPlan => ({ kind: 'none', sentence });
const unread = none('There is no way back: what is live now is not known.');

/**
 * The way back, to what is live now: another action of the closed set, or an honest "there is none".
 *
 * @param name the target's, such as `Deployment/web in shop`
 */
export function rollbackOf(action: Action, facts: Facts, name: string): RollbackPlan {
  switch (action.verb) {
    case 'rollout restart':
      return none(
        'A restart cannot be taken back: it leaves the template as it was, and the old pods are gone.',
      );
    case 'delete pod':
      return none('A deleted pod does not come back; its controller starts another.');
    case 'rollout undo':
      return undoBack(action, facts, name);
    case 'scale':
      return scaleBack(action, facts, name);
    case 'set image':
      return imagesBack(action, facts, name);
    case 'rollout pause':
    case 'rollout resume': {
      const back = action.verb === 'rollout pause' ? 'rollout resume' : 'rollout pause';
      const word = back === 'rollout pause' ? 'Pause' : 'Resume';
      return {
        kind: 'action',
        action: { ...action, verb: back },
        sentence: `${word} ${name} again.`,
      };
    }
    case 'cordon':
    case 'uncordon': {
      const back = action.verb === 'cordon' ? 'uncordon' : 'cordon';
      const word = back === 'cordon' ? 'Cordon' : 'Uncordon';
      return {
        kind: 'action',
        action: { ...action, verb: back },
        sentence: `${word} ${name} again.`,
      };
    }
    case 'drain':
    case 'taint':
      return nodeBack(action, facts);
    case 'suspend':
    case 'resume':
    case 'create job':
    case 'delete job':
      return batchBack(action, facts);
    case 'label':
    case 'annotate':
    case 'set env':
    case 'set resources':
    case 'autoscale':
    case 'patch':
      return fieldsBack(action, facts);
  }
}

/** Names the target's own kind and the live revision: the undone revision gets a new number, the live one keeps its. */
function undoBack({ target }: ActionOf<'rollout undo'>, { subject }: Facts, name: string): RollbackPlan {
  if (subject.kind !== 'workload' || subject.liveRevision === undefined) return unread;
  const toRevision = subject.liveRevision;
  const sentence = `Undo ${name} to revision ${toRevision}, which is live now.`;
  return { kind: 'action', action: { verb: 'rollout undo', target, toRevision }, sentence };
}

/** Back to the number that was live, and only while ours is still in place. */
function scaleBack({ target, replicas }: ActionOf<'scale'>, { subject }: Facts, name: string): RollbackPlan {
  if (subject.kind !== 'workload') return unread;
  const sentence = `Scale ${name} back to ${subject.desired}, which is live now.`;
  const action = { verb: 'scale', target, replicas: subject.desired, currentReplicas: replicas } as const;
  return { kind: 'action', action, sentence };
}

function imagesBack(
  { target, images }: ActionOf<'set image'>,
  { subject }: Facts,
  name: string,
): RollbackPlan {
  if (subject.kind !== 'workload') return unread;
  const live: { container: string; image: string }[] = [];
  let list = '';
  for (const { container } of images) {
    const found = subject.containers.find((each) => each.name === container);
    if (found === undefined || !isImageReference(found.image)) return unread;
    live.push({ container, image: found.image });
    list += `${list === '' ? '' : ', '}${container} to ${found.image}`;
  }
  const sentence = `Set ${list} in ${name}, which is live now.`;
  return { kind: 'action', action: { verb: 'set image', target, images: live }, sentence };
}
