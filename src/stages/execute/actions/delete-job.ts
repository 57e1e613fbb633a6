import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refuse } from '../draft.ts';

export function deleteJob(input: DraftInput<ActionOf<'delete job'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}
