import { describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refOf, send, withPod } from '../../draft.ts';
import { isStartedElsewhere } from '../../nodes/unready.ts';
import { silentNodeOf } from './effect.ts';

/** The uid goes along as a precondition: a StatefulSet gives the name to the successor. */
export function calls(input: DraftInput<'delete pod'>): Draft {
  return withPod(input, ({ controller }) => {
    const { uid } = input.facts.identity;
    const owner = controller && `${controller.kind}/${controller.name}`;
    const silent = silentNodeOf(input);
    const next =
      silent === undefined || isStartedElsewhere(owner)
        ? `${owner} starts another`
        : `${owner} starts no other while Node/${silent.name} is silent`;
    return send({
      kind: 'delete',
      ref: refOf(input.action.target),
      uid,
      recognise: { kind: 'gone', uid },
      sentence: `Delete ${describeTarget(input.action.target)}${owner === undefined ? '' : `; ${next}`}.`,
    });
  });
}
