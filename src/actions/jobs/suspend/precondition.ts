import {
  block,
  cronJobOf,
  type Finding,
  jobOf,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
} from '../../../stages/evaluate/rule.ts';

/** Block: suspending what is suspended, or a Job that has ended: the API server accepts it and nothing changes. */
export const suspendPossible: Rule = (input) => {
  if (input.action.verb !== 'suspend') return nothing;
  const suspended = (cronJobOf(input) ?? jobOf(input))?.suspended;
  return suspended === true
    ? [block(`${input.name} is already suspended.`, sourceOf(input, 'spec.suspend'))]
    : overAlready(input, 'suspend');
};

/** Block: a Job that has ended or is on its way out. */
export function overAlready(input: RuleInput, verb: string): readonly Finding[] {
  const { name } = input;
  const job = jobOf(input);
  if (job?.ended !== undefined) {
    const source = sourceOf(input, 'status.conditions');
    return [block(`${name} has ended (${job.ended}): there is nothing to ${verb}.`, source)];
  }
  const deleting = (job ?? cronJobOf(input))?.deleting === true;
  return deleting
    ? [block(`${name} is being deleted.`, sourceOf(input, 'metadata.deletionTimestamp'))]
    : nothing;
}
