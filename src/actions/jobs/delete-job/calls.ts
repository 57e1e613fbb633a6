import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refOf, refuse, send, withJob } from '../../draft.ts';

/** Without the propagation Background, which every deletion of ours asks for, its pods would stay and run on. */
export function deleteJob(input: DraftInput<ActionOf<'delete job'>>): Draft {
  return withJob(input, ({ deleting }) => {
    const name = describeTarget(input.action.target);
    if (deleting === true) return refuse(`${name} is being deleted already.`);
    const { uid } = input.facts.identity;
    return send({
      kind: 'delete',
      ref: refOf(input.action.target),
      uid,
      recognise: { kind: 'gone', uid },
      sentence: `Delete ${name} and its pods.`,
    });
  });
}
