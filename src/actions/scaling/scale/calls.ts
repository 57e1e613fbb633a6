import { describeTarget } from '../../../domain/action.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { type Draft, type DraftInput, guardedPatch, send, withWorkload } from '../../draft.ts';
import { unchangedSpec } from '../../pod-template/unchanged.ts';

const path = '/spec/replicas';

/**
 * Through the scale subresource, which leaves `spec.replicas` out when it is 0: from zero the test expects it
 * absent, and at zero it is recognised by being absent.
 */
export function calls(input: DraftInput<'scale'>): Draft {
  return withWorkload(input, ({ desired }) => {
    const { target, replicas } = input.action;
    return send(
      guardedPatch(input, {
        operations: change(desired, replicas),
        done: [{ path, value: replicas === 0 ? null : replicas }],
        sentence: `Scale ${describeTarget(target)} from ${desired} to ${replicas}.`,
        subresource: 'scale',
        unchanged: unchangedSpec(input),
      }),
    );
  });
}

function change(from: number, to: number): PatchOperation[] {
  return from === 0
    ? [
        { op: 'test', path, value: null },
        { op: 'add', path, value: to },
      ]
    : [
        { op: 'test', path, value: from },
        { op: 'replace', path, value: to },
      ];
}
