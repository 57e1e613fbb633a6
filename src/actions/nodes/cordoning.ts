import { type ActionOf, describeTarget } from '../../domain/action.ts';
import type { Call } from '../../domain/plan.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send, withNode } from '../draft.ts';

const path = '/spec/unschedulable';

/** `spec.unschedulable` is left out by the API server when it is false. */
export function cordon(input: DraftInput<ActionOf<'cordon'>>): Draft {
  return withNode(input, ({ unschedulable }) => {
    const name = describeTarget(input.action.target);
    if (unschedulable) return refuse(`${name} is already cordoned.`);
    return send(cordonCall(input));
  });
}

/** Also the beginning of a drain. */
export function cordonCall(input: DraftInput): Call {
  return guardedPatch(input, {
    operations: [
      { op: 'test', path, value: null },
      { op: 'add', path, value: true },
    ],
    done: [{ path, value: true }],
    sentence: `Cordon ${describeTarget(input.action.target)}.`,
  });
}

export function uncordon(input: DraftInput<ActionOf<'uncordon'>>): Draft {
  return withNode(input, ({ unschedulable }) => {
    const name = describeTarget(input.action.target);
    if (!unschedulable) return refuse(`${name} is not cordoned.`);
    return send(
      guardedPatch(input, {
        operations: [
          { op: 'test', path, value: true },
          { op: 'remove', path },
        ],
        done: [{ path, value: null }],
        sentence: `Uncordon ${name}.`,
      }),
    );
  });
}
