import { describeTarget } from '../../../domain/action.ts';
import type { Call } from '../../../domain/plan.ts';
import { type Draft, type DraftInput, guardedPatch, send, withNode } from '../../draft.ts';

const path = '/spec/unschedulable';

/** Closes the node to new pods. */
export function calls(input: DraftInput<'cordon'>): Draft {
  return withNode(input, () => send(cordonCall(input)));
}

/** Also the beginning of a drain. `spec.unschedulable` is left out by the API server when it is false. */
export function cordonCall(input: DraftInput<'cordon' | 'drain'>): Call {
  return guardedPatch(input, {
    operations: [
      { op: 'test', path, value: null },
      { op: 'add', path, value: true },
    ],
    done: [{ path, value: true }],
    sentence: `Cordon ${describeTarget(input.action.target)}.`,
  });
}
