import { describeTarget } from '../../../domain/action.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { ActionKind } from '../../action-kind.ts';
import { gradeSame, unlike } from '../../measurement.ts';
import { nothingMore } from '../../no-effect.ts';
import { nameOf } from '../../obstacle.ts';
import { nodeOf } from '../../subject.ts';
import { unschedulableOf } from '../binding.ts';
import { nodeEffect } from '../effect.ts';
import { gradeSchedulable } from '../grade.ts';
import { lastNode, notSchedulable } from '../schedulable.ts';
import { calls } from './calls.ts';
import { cordonCommand } from './command.ts';

/** Closes a node to new pods; those that are on it stay. */
export const cordon: ActionKind<'cordon'> = {
  command: cordonCommand,
  needs: nothingMore,
  writes: () => [['spec', 'unschedulable']],
  precondition: (judged) =>
    nodeOf(judged)?.unschedulable === true
      ? notSchedulable(judged, `${nameOf(judged.action.target)} is already cordoned.`)
      : lastNode(judged),
  effect: () => nodeEffect({ closes: true, opens: false, evicts: false, field: 'spec.unschedulable' }),
  targetState: ({ action: { target } }) => ({
    sentence: `${describeTarget(target)} takes no new pods.`,
    fields: { 'spec.unschedulable': true },
  }),
  rollback: ({ action: { target } }) => ({
    kind: 'action',
    action: { verb: 'uncordon', target },
    sentence: `Uncordon ${describeTarget(target)} again.`,
  }),
  lasting: nothingLasts('A node is not made from a manifest: a cordon has no lasting form.'),
  constraints: () => [],
  binding: unschedulableOf,
  calls,
  verification: ({ target }) => `${describeTarget(target)} takes no new pods`,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) => {
      const name = describeTarget(measurement.action.target);
      return seen.kind === 'node' ? gradeSchedulable(name, seen, true) : unlike(name, seen);
    }),
};
