import { block, cronJobOf, jobOf, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';
import { overAlready } from '../suspend/precondition.ts';

/** Block: resuming what is not suspended, or a Job that has ended. */
export const resumePossible: Rule = (input) => {
  if (input.action.verb !== 'resume') return nothing;
  const over = overAlready(input, 'resume');
  if (over !== nothing) return over;
  const suspended = (cronJobOf(input) ?? jobOf(input))?.suspended;
  return suspended === false
    ? [block(`${input.name} is not suspended.`, sourceOf(input, 'spec.suspend'))]
    : nothing;
};
