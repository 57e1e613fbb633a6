import { describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refOf, send, withPod } from '../../draft.ts';

/** The uid goes along as a precondition: a StatefulSet gives the name to the successor. */
export function calls(input: DraftInput<'delete pod'>): Draft {
  return withPod(input, ({ controller }) => {
    const { uid } = input.facts.identity;
    const next = controller === undefined ? '' : `; ${controller.kind}/${controller.name} starts another`;
    return send({
      kind: 'delete',
      ref: refOf(input.action.target),
      uid,
      recognise: { kind: 'gone', uid },
      sentence: `Delete ${describeTarget(input.action.target)}${next}.`,
    });
  });
}
