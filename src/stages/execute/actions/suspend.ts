import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { type Draft, type DraftInput, refuse } from '../draft.ts';

export function suspend(input: DraftInput<ActionOf<'suspend'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}

export function resumeJob(input: DraftInput<ActionOf<'resume'>>): Draft {
  return refuse(`${describeTarget(input.action.target)}: not drawn up.`);
}
