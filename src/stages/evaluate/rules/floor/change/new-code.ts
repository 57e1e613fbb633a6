import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/** Floor: which code runs, and how, is a person's decision. */
export const newCode: Rule = (input) => {
  const { verb } = input.action;
  if (verb === 'set env') {
    const sentence = `It changes how the code of ${input.name} runs.`;
    return [floor('human', sentence, sourceOf(input, 'spec.template'))];
  }
  if (verb !== 'set image' && verb !== 'rollout undo') return nothing;
  const sentence = `It changes which code ${input.name} runs.`;
  return [floor('human', sentence, sourceOf(input, 'spec.template'))];
};
