import { describeTarget } from '../../../domain/action.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { ActionKind } from '../../action-kind.ts';
import { noRollback } from '../../rollback.ts';
import { podOf } from '../../subject.ts';
import { calls } from './calls.ts';
import { deletePodCommand } from './command.ts';
import { effect, silentNodeOf } from './effect.ts';
import { grade } from './grade.ts';
import { precondition } from './precondition.ts';

/** Deletes a pod, so that its controller starts another. */
export const deletePod: ActionKind<'delete pod'> = {
  command: deletePodCommand,
  needs: () => ({ podNode: true }),
  writes: () => [],
  precondition,
  effect,
  targetState: (judged) => ({
    sentence:
      silentNodeOf(judged) === undefined
        ? `${describeTarget(judged.action.target)} is gone and its controller has started another.`
        : `${describeTarget(judged.action.target)} is told to end; it stays Terminating until its node confirms that.`,
    fields: {},
  }),
  rollback: (judged) =>
    noRollback(
      silentNodeOf(judged) === undefined
        ? 'A deleted pod does not come back; its controller starts another.'
        : 'A deletion cannot be taken back: the pod ends as soon as its node is back.',
    ),
  lasting: nothingLasts('A deleted pod leaves nothing behind that a repository could hold.'),
  constraints: () => [],
  binding: (judged) => {
    const subject = podOf(judged);
    return subject === undefined ? {} : { pod: subject.pod.uid, controller: subject.controller?.name };
  },
  calls,
  verification: ({ target }) => `${describeTarget(target)} is gone, a successor of its name is ready`,
  observed: ({ action }) => action.target,
  grade,
};
