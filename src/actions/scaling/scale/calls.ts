import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send, withWorkload } from '../../draft.ts';

const path = '/spec/replicas';

/**
 * Through the scale subresource, which leaves `spec.replicas` out when it is 0: from zero the test expects it
 * absent, and at zero it is recognised by being absent.
 */
export function scale(input: DraftInput<ActionOf<'scale'>>): Draft {
  return withWorkload(input, ({ desired }) => {
    const { target, replicas, currentReplicas } = input.action;
    const name = describeTarget(target);
    if (currentReplicas !== undefined && currentReplicas !== desired) {
      return refuse(`Expected ${name} to have ${currentReplicas} replicas, it has ${desired}.`);
    }
    if (replicas === desired) return refuse(`${name} already has ${desired} replicas.`);
    return send(
      guardedPatch(input, {
        operations: change(desired, replicas),
        done: [{ path, value: replicas === 0 ? null : replicas }],
        sentence: `Scale ${name} from ${desired} to ${replicas}.`,
        subresource: 'scale',
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
