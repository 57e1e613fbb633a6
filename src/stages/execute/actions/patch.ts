import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refuse } from '../draft.ts';

export function patchFields(input: DraftInput<ActionOf<'patch'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}
