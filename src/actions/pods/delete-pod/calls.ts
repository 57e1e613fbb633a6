import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refOf, refuse, send, withPod } from '../../draft.ts';

/** The uid goes along as a precondition: a StatefulSet gives the name to the successor. */
export function deletePod(input: DraftInput<ActionOf<'delete pod'>>): Draft {
  return withPod(input, ({ controller, mirror }) => {
    const name = describeTarget(input.action.target);
    if (mirror) return refuse(`${name} mirrors a static pod: deleting it restarts nothing.`);
    if (controller === undefined) return refuse(`${name} has no controller: nothing would bring it back.`);
    const { uid } = input.facts.identity;
    return send({
      kind: 'delete',
      ref: refOf(input.action.target),
      uid,
      recognise: { kind: 'gone', uid },
      sentence: `Delete ${name}; ${controller.kind}/${controller.name} starts another.`,
    });
  });
}
