import { describe, expect, it } from 'vitest';
import type { LineItem } from '../../../src/domain/spec.ts';
import { tierOf } from '../../../src/domain/tier.ts';
import { scoreOf } from '../../../src/stages/evaluate/score.ts';

const item = (term: LineItem['term'], points: number): Omit<LineItem, 'counted'> => ({
  rule: `${term}-${points}`,
  term,
  points,
  sentence: 'Because.',
  source: 'test',
});

describe('score', () => {
  it.each<[string, [LineItem['term'], number][], number, string]>([
    ['nothing found', [], 0, 'auto'],
    [
      'the largest term counts, not the sum',
      [
        ['availability', 9],
        ['data', 8],
        ['irreversibility', 7],
      ],
      9,
      'auto',
    ],
    [
      'breadth is added',
      [
        ['availability', 9],
        ['breadth', 1],
      ],
      10,
      'auto',
    ],
    ['10 is auto', [['data', 10]], 10, 'auto'],
    ['11 is human', [['data', 11]], 11, 'human'],
    ['50 is human', [['controlPlane', 50]], 50, 'human'],
    ['51 is dual', [['controlPlane', 51]], 51, 'dual'],
    ['99 is dual', [['data', 99]], 99, 'dual'],
    [
      '100 is not reached by points',
      [
        ['data', 70],
        ['environment', 2],
      ],
      99,
      'dual',
    ],
    [
      'environment multiplies the sum',
      [
        ['availability', 8],
        ['breadth', 2],
        ['environment', 1.5],
      ],
      15,
      'human',
    ],
    [
      'halves are rounded up',
      [
        ['irreversibility', 7],
        ['environment', 1.5],
      ],
      11,
      'human',
    ],
    [
      'a floor raises',
      [
        ['irreversibility', 2],
        ['floor', 11],
      ],
      11,
      'human',
    ],
    [
      'a floor below the score changes nothing',
      [
        ['availability', 40],
        ['floor', 11],
      ],
      40,
      'human',
    ],
    [
      'the highest floor counts',
      [
        ['floor', 11],
        ['floor', 51],
      ],
      51,
      'dual',
    ],
    [
      'a block is 100',
      [
        ['irreversibility', 2],
        ['block', 100],
      ],
      100,
      'blocked',
    ],
  ])('%s', (_name, terms, score, tier) => {
    const result = scoreOf(terms.map(([term, points]) => item(term, points)));
    expect(result.score).toBe(score);
    expect(tierOf(result.score)).toBe(tier);
  });

  it('counts the lines that made the score', () => {
    const { lineItems } = scoreOf([
      item('availability', 9),
      item('data', 8),
      item('breadth', 1),
      item('environment', 1.5),
      item('floor', 11),
    ]);
    expect(lineItems.map(({ counted }) => counted)).toEqual([true, false, true, true, false]);
  });

  it('counts no floor that the sum reaches by itself', () => {
    const { lineItems } = scoreOf([item('data', 11), item('floor', 11)]);
    expect(lineItems.map(({ counted }) => counted)).toEqual([true, false]);
  });

  it('counts one of two equal terms, so that the card adds up', () => {
    const { lineItems } = scoreOf([item('availability', 9), item('data', 9)]);
    expect(lineItems.map(({ counted }) => counted)).toEqual([true, false]);
  });
});
