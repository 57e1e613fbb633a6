import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refuse } from '../draft.ts';

export function label(input: DraftInput<ActionOf<'label'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}

export function annotate(input: DraftInput<ActionOf<'annotate'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}
