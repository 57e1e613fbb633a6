import { floor, nothing, type Rule, sourceOf } from '../rule.ts';

/** Floor: which code runs is a person's decision. */
export const newCode: Rule = (input) => {
  const { verb } = input.action;
  if (verb !== 'set image' && verb !== 'rollout undo') return nothing;
  const sentence = `It changes which code ${input.name} runs.`;
  return [floor('human', sentence, sourceOf(input, 'spec.template'))];
};
