import { block, nothing, type Rule } from '../../rule.ts';

/** Block: what the action's own kind says makes no sense on these facts. Planning refuses by the same words. */
export const precondition: Rule = ({ obstacles }) =>
  obstacles.length === 0
    ? nothing
    : obstacles.map(({ rule, sentence, source }) => ({ ...block(sentence, source), rule }));
