import { points, type Rule, sourceOf } from '../rule.ts';

const noInverse = 6;
const inverse = 2;

/** Irreversibility: whether another action leads back. */
export const wayBack: Rule = (input) => {
  const { rollback } = input;
  const amount = rollback.kind === 'none' ? noInverse : inverse;
  return [points('irreversibility', amount, rollback.sentence, sourceOf(input, 'rollback plan'))];
};
