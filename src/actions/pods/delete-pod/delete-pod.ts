import { describeTarget } from '../../../domain/action.ts';
import type { ActionKind } from '../../action-kind.ts';
import { nothingMore } from '../../no-effect.ts';
import { noRollback } from '../../rollback.ts';
import { podOf } from '../../subject.ts';
import { calls } from './calls.ts';
import { deletePodCommand } from './command.ts';
import { effect } from './effect.ts';
import { grade } from './grade.ts';
import { precondition } from './precondition.ts';

/** Deletes a pod, so that its controller starts another. */
export const deletePod: ActionKind<'delete pod'> = {
  command: deletePodCommand,
  needs: nothingMore,
  writes: () => [],
  precondition,
  effect,
  targetState: ({ action }) => ({
    sentence: `${describeTarget(action.target)} is gone and its controller has started another.`,
    fields: {},
  }),
  rollback: () => noRollback('A deleted pod does not come back; its controller starts another.'),
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
