import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trust } from '../../../src/domain/incidents/playbook.ts';
import { trust as trustSchema } from '../../../src/domain/incidents/playbook.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { learn } from '../../../src/stages/learn/trust.ts';

const results: Record<string, Verdict['result']> = { v: 'verified', n: 'not_verified', i: 'inconclusive' };

const trustAfter = (letters: string): Trust | undefined =>
  [...letters].reduce<Trust | undefined>(
    (trust, letter) => learn(trust, results[letter] ?? 'inconclusive'),
    undefined,
  );

describe('trust', () => {
  it.each<[string, number, number, number, number]>([
    ['i', 0.5, 0, 0, 0],
    ['v', 0.6, 1, 1, 0.2065],
    ['n', 0.4, 1, 0, 0],
    ['vv', 0.68, 2, 2, 0.3424],
    ['vn', 0.48, 2, 1, 0.0945],
    ['viiv', 0.68, 2, 2, 0.3424],
    ['vvvvvvvvvv', 0.9463, 10, 10, 0.7225],
    ['vvvvvvvvvn', 0.7463, 10, 9, 0.5958],
  ])('%s', (letters, score, samples, successes, lowerBound) => {
    const trust = trustAfter(letters);
    expect(trust).toMatchObject({ samples, successes });
    expect(trust?.score).toBeCloseTo(score, 4);
    expect(trust?.lowerBound).toBeCloseTo(lowerBound, 4);
  });

  it('stays a valid trust, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('v', 'n', 'i'), minLength: 1, maxLength: 300 }),
        (letters) => {
          expect(trustSchema.safeParse(trustAfter(letters)).error).toBeUndefined();
        },
      ),
    );
  });

  it('never promises more than was seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('v', 'n'), minLength: 1, maxLength: 300 }), (letters) => {
        const trust = trustAfter(letters);
        expect(trust?.lowerBound).toBeLessThanOrEqual((trust?.successes ?? 0) / (trust?.samples ?? 1));
      }),
    );
  });
});
