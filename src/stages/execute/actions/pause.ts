import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send, withWorkload } from '../draft.ts';

/** `spec.paused` is left out by the API server when it is false, so absent is what a test must expect. */
export function pause(input: DraftInput<ActionOf<'rollout pause'>>): Draft {
  return withWorkload(input, ({ paused }) => {
    const name = describeTarget(input.action.target);
    if (paused) return refuse(`${name} is already paused.`);
    return send(
      guardedPatch(input, {
        operations: [
          { op: 'test', path: '/spec/paused', value: null },
          { op: 'add', path: '/spec/paused', value: true },
        ],
        done: [{ path: '/spec/paused', value: true }],
        sentence: `Pause the rollout of ${name}.`,
      }),
    );
  });
}

export function resume(input: DraftInput<ActionOf<'rollout resume'>>): Draft {
  return withWorkload(input, ({ paused }) => {
    const name = describeTarget(input.action.target);
    if (!paused) return refuse(`${name} is not paused.`);
    return send(
      guardedPatch(input, {
        operations: [
          { op: 'test', path: '/spec/paused', value: true },
          { op: 'remove', path: '/spec/paused' },
        ],
        done: [{ path: '/spec/paused', value: null }],
        sentence: `Resume the rollout of ${name}.`,
      }),
    );
  });
}
