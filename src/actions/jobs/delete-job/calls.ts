import { describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refOf, send, withJob } from '../../draft.ts';

/** Without the propagation Background, which every deletion of ours asks for, its pods would stay and run on. */
export function calls(input: DraftInput<'delete job'>): Draft {
  return withJob(input, () => {
    const { uid } = input.facts.identity;
    return send({
      kind: 'delete',
      ref: refOf(input.action.target),
      uid,
      recognise: { kind: 'gone', uid },
      sentence: `Delete ${describeTarget(input.action.target)} and its pods.`,
    });
  });
}
