import { type Action, type ActionOf, describeTarget, isImageReference } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts.ts';
import type { RollbackPlan } from '../../domain/spec.ts';
import { batchBack } from './rollback/batch.ts';
import { fieldsBack } from './rollback/fields.ts';
import { nodeBack } from './rollback/node.ts';

const none = (sentence: string): RollbackPlan => ({ kind: 'none', sentence });
const unread = none('There is no way back: what is live now is not known.');

/** The way back, to what is live now: another action of the closed set, or an honest "there is none". */
export function rollbackOf(action: Action, facts: Facts): RollbackPlan {
  const { target } = action;
  switch (action.verb) {
    case 'rollout restart':
      return none(
        'A restart cannot be taken back: it leaves the template as it was, and the old pods are gone.',
      );
    case 'delete pod':
      return none('A deleted pod does not come back; its controller starts another.');
    case 'rollout undo':
      return undoBack(action, facts);
    case 'scale':
      return scaleBack(action, facts);
    case 'set image':
      return imagesBack(action, facts);
    case 'rollout pause':
    case 'rollout resume': {
      const back = action.verb === 'rollout pause' ? 'rollout resume' : 'rollout pause';
      const word = back === 'rollout pause' ? 'Pause' : 'Resume';
      return {
        kind: 'action',
        action: { ...action, verb: back },
        sentence: `${word} ${describeTarget(target)} again.`,
      };
    }
    case 'cordon':
    case 'uncordon': {
      const back = action.verb === 'cordon' ? 'uncordon' : 'cordon';
      const word = back === 'cordon' ? 'Cordon' : 'Uncordon';
      return {
        kind: 'action',
        action: { ...action, verb: back },
        sentence: `${word} ${describeTarget(target)} again.`,
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
function undoBack({ target }: ActionOf<'rollout undo'>, { subject }: Facts): RollbackPlan {
  if (subject.kind !== 'workload' || subject.liveRevision === undefined) return unread;
  const toRevision = subject.liveRevision;
  const sentence = `Undo ${describeTarget(target)} to revision ${toRevision}, which is live now.`;
  return { kind: 'action', action: { verb: 'rollout undo', target, toRevision }, sentence };
}

/** Back to the number that was live, and only while ours is still in place. */
function scaleBack({ target, replicas }: ActionOf<'scale'>, { subject }: Facts): RollbackPlan {
  if (subject.kind !== 'workload') return unread;
  const sentence = `Scale ${describeTarget(target)} back to ${subject.desired}, which is live now.`;
  const action = { verb: 'scale', target, replicas: subject.desired, currentReplicas: replicas } as const;
  return { kind: 'action', action, sentence };
}

function imagesBack({ target, images }: ActionOf<'set image'>, { subject }: Facts): RollbackPlan {
  if (subject.kind !== 'workload') return unread;
  const live: { container: string; image: string }[] = [];
  for (const { container } of images) {
    const found = subject.containers.find(({ name }) => name === container);
    if (found === undefined || !isImageReference(found.image)) return unread;
    live.push({ container, image: found.image });
  }
  const list = live.map(({ container, image }) => `${container} to ${image}`).join(', ');
  const sentence = `Set ${list} in ${describeTarget(target)}, which is live now.`;
  return { kind: 'action', action: { verb: 'set image', target, images: live }, sentence };
}
