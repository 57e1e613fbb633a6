import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refuse } from '../draft.ts';

export function autoscale(input: DraftInput<ActionOf<'autoscale'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}
