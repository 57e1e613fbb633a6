import { describeTarget } from '../../../domain/action.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { Call } from '../../../domain/plan.ts';
import type { ActionKind } from '../../action-kind.ts';
import { type DraftInput, guardedPatch, send, withNode } from '../../draft.ts';
import { gradeSame, unlike } from '../../measurement.ts';
import { nothingMore } from '../../no-effect.ts';
import { nameOf, noObstacle } from '../../obstacle.ts';
import { nodeOf } from '../../subject.ts';
import { unschedulableOf } from '../binding.ts';
import { nodeEffect } from '../effect.ts';
import { gradeSchedulable } from '../grade.ts';
import { notSchedulable } from '../schedulable.ts';
import { uncordonCommand } from './command.ts';

/** Opens a node to new pods again. */
export const uncordon: ActionKind<'uncordon'> = {
  command: uncordonCommand,
  needs: nothingMore,
  writes: () => [['spec', 'unschedulable']],
  precondition: (judged) =>
    nodeOf(judged)?.unschedulable === false
      ? notSchedulable(judged, `${nameOf(judged.action.target)} is not cordoned.`)
      : noObstacle,
  effect: () => nodeEffect({ closes: false, opens: true, evicts: false, field: 'spec.unschedulable' }),
  targetState: ({ action: { target } }) => ({
    sentence: `${describeTarget(target)} takes new pods again.`,
    fields: { 'spec.unschedulable': false },
  }),
  rollback: ({ action: { target } }) => ({
    kind: 'action',
    action: { verb: 'cordon', target },
    sentence: `Cordon ${describeTarget(target)} again.`,
  }),
  lasting: nothingLasts('A node is not made from a manifest: opening it has no lasting form.'),
  constraints: () => [],
  binding: unschedulableOf,
  calls: (input) => withNode(input, () => send(uncordonCall(input))),
  verification: ({ target }) => `${describeTarget(target)} takes new pods`,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) => {
      const name = describeTarget(measurement.action.target);
      return seen.kind === 'node' ? gradeSchedulable(name, seen, false) : unlike(name, seen);
    }),
};

const path = '/spec/unschedulable';

function uncordonCall(input: DraftInput<'uncordon'>): Call {
  return guardedPatch(input, {
    operations: [
      { op: 'test', path, value: true },
      { op: 'remove', path },
    ],
    done: [{ path, value: null }],
    sentence: `Uncordon ${describeTarget(input.action.target)}.`,
  });
}
