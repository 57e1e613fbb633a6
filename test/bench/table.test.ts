import { expect, test } from 'vitest';
import { measureEvaluator } from './evaluator/measure.ts';
import { compare } from './rounds.ts';
import { render, standing } from './table.ts';

test('the evaluator is measured in turns with a reference, and shown with its ratio', async () => {
  const rows = await measureEvaluator({ rounds: 2, seconds: 0.02 });
  const names = rows.map(({ measure }) => measure);
  expect(names.at(-1)).toBe('P2 evaluate');
  expect(rows.every(({ compared }) => compared.ours > 0 && compared.ratio.median > 0)).toBe(true);
  const table = render(rows).split('\n');
  expect(table).toHaveLength(rows.length + 1);
  expect(table[0]).toMatch(/^measure +ours +reference +ratio \(min-max\)/);
});

test('the ratio is the median of the rounds, without those in which the reference was disturbed', () => {
  const round = (ours: number, reference: number) => ({ ours: { p50: ours }, reference: { p50: reference } });
  const rounds = [round(20, 10), round(24, 10), round(33, 11), round(20, 100)];
  expect(compare(rounds, 'p50')).toMatchObject({
    kept: 3,
    rounds: 4,
    reference: 10,
    ratio: { median: 2.4, min: 2, max: 3 },
  });
});

test('a figure that a contestant did not measure is named', () => {
  const rounds = [{ ours: { p50: 1 }, reference: {} }];
  expect(() => compare(rounds, 'p50')).toThrow('A contestant did not measure "p50".');
});

test.each([
  { good: 'large', value: 10, says: 'goal met' },
  { good: 'large', value: 7, says: 'gate met' },
  { good: 'large', value: 6.9, says: 'BELOW THE GATE' },
  { good: 'small', value: 10, says: 'BELOW THE GATE' },
  { good: 'small', value: 7, says: 'gate met' },
  { good: 'small', value: 2, says: 'goal met' },
] as const)('$good is good: $value is "$says"', ({ good, value, says }) => {
  const bounds = good === 'large' ? { gate: 7, goal: 10 } : { gate: 7, goal: 2 };
  expect(standing({ good, ...bounds }, value)).toBe(says);
});
