import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/** Floor: which code runs, and how, is a person's decision. */
export const newCode: Rule = (input) => {
  const { code, configuration } = input.effect.content;
  if (!code && !configuration) return nothing;
  const sentence = code
    ? `It changes which code ${input.name} runs.`
    : `It changes how the code of ${input.name} runs.`;
  return [floor('human', sentence, sourceOf(input, 'spec.template'))];
};
