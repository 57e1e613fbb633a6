import { kindOf } from '../../actions/action-kinds.ts';
import type { Look } from '../../actions/look.ts';
import type { Sample } from '../../domain/verdict.ts';

/** Judges one look at the target after the change. What cannot be judged is an error, never good. */
export function judge(look: Look): Sample {
  return { at: look.observation.at, ...kindOf(look.action.verb).grade(look) };
}
