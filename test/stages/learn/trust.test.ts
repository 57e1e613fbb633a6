import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/incidents/outcome.ts';
import { type Trust, trust as trustSchema } from '../../../src/domain/incidents/playbook.ts';
import { learn } from '../../../src/stages/learn/trust.ts';

const results: Record<string, Outcome['result']> = {
  l: 'lasted',
  n: 'not_verified',
  u: 'undone',
  c: 'came_back',
};
const noon = Date.parse('2026-03-01T12:00:00.000Z');
const at = (days: number) => new Date(noon + days * 86_400_000).toISOString();

/** Outcomes at one moment, of one text of the playbook. */
const outcomesOf = (letters: string, days = 0, digest = 'a'): Outcome[] =>
  [...letters].map((letter) => ({ result: results[letter] ?? 'lasted', at: at(days), digest }));

const trustAfter = (letters: string, asked = { at: at(0), digest: 'a' }): Trust | undefined =>
  learn(outcomesOf(letters), asked);

const letters = (minLength: number) =>
  fc.string({ unit: fc.constantFrom('l', 'n', 'u', 'c'), minLength, maxLength: 200 });

describe('trust', () => {
  it.each<[string, number, number, number, number]>([
    ['l', 0.6, 1, 1, 0.2065],
    ['n', 0.4, 1, 0, 0],
    ['u', 0.4, 1, 0, 0],
    ['c', 0.4, 1, 0, 0],
    ['ll', 0.68, 2, 2, 0.3424],
    ['ln', 0.48, 2, 1, 0.0945],
    ['llllllllll', 0.9463, 10, 10, 0.7225],
    ['lllllllllu', 0.7463, 10, 9, 0.5958],
  ])('%s', (given, score, samples, successes, lowerBound) => {
    const trust = trustAfter(given);
    expect(trust).toMatchObject({ samples, successes });
    expect(trust?.score).toBeCloseTo(score, 4);
    expect(trust?.lowerBound).toBeCloseTo(lowerBound, 4);
  });

  it('is nothing before the first outcome', () => {
    expect(learn([], { at: at(0) })).toBeUndefined();
  });

  it.each<[string, { at: string; digest: string }]>([
    ['90 days later', { at: at(90), digest: 'a' }],
    ['edited', { at: at(0), digest: 'b' }],
  ])('counts half %s', (_name, asked) => {
    const [now, later] = [trustAfter('llllllllll'), trustAfter('llllllllll', asked)];
    expect(later?.samples).toBe(10);
    expect(later?.score).toBeCloseTo(0.5 + ((now?.score ?? 0) - 0.5) / 2, 12);
    expect(later?.lowerBound).toBeCloseTo(trustAfter('lllll')?.lowerBound ?? 0, 12);
  });

  it.each<[string, Outcome[], number, number]>([
    ['three months and six months later', [...outcomesOf('l'), ...outcomesOf('l', 90)], 180, 0.1633],
    ['from the newest, whatever is told last', [...outcomesOf('l', 90), ...outcomesOf('l')], 90, 0.3424],
    ['of which nothing is left', outcomesOf('l'), 200_000, 0],
  ])('counts outcomes by their age: %s', (_name, outcomes, days, lowerBound) => {
    expect(learn(outcomes, { at: at(days), digest: 'a' })?.lowerBound).toBeCloseTo(lowerBound, 4);
  });

  it('does not fall where nobody knows what the playbook says now', () => {
    expect(learn(outcomesOf('lll'), { at: at(0) })).toEqual(trustAfter('lll'));
  });

  it('edited twice falls twice, and edited back as well', () => {
    const outcomes = [...outcomesOf('lllll'), ...outcomesOf('l', 0, 'b')];
    const back = learn(outcomes, { at: at(0), digest: 'a' });
    expect(back?.lowerBound).toBeLessThan(learn(outcomes, { at: at(0), digest: 'b' })?.lowerBound ?? 0);
  });
});

describe('whatever happens', () => {
  const days = fc.integer({ min: 0, max: 2000 });

  it('it is a valid trust', () => {
    fc.assert(
      fc.property(letters(1), days, (given, later) => {
        expect(
          trustSchema.safeParse(trustAfter(given, { at: at(later), digest: 'b' })).error,
        ).toBeUndefined();
      }),
    );
  });

  it('what went wrong lowers it at once, and raises nothing', () => {
    fc.assert(
      fc.property(letters(1), fc.constantFrom('n', 'u', 'c'), (given, wrong) => {
        const [before, after] = [trustAfter(given), trustAfter(given + wrong)];
        expect(after?.score).toBeLessThan(before?.score ?? 0);
        expect(after?.lowerBound).toBeLessThanOrEqual(before?.lowerBound ?? 0);
      }),
    );
  });

  it('neither age nor an edit raises it', () => {
    fc.assert(
      fc.property(letters(1), days, fc.boolean(), (given, later, edited) => {
        const before = trustAfter(given);
        const after = trustAfter(given, { at: at(later), digest: edited ? 'b' : 'a' });
        expect(after?.score).toBeLessThanOrEqual(before?.score ?? 0);
        expect(after?.lowerBound).toBeLessThanOrEqual((before?.lowerBound ?? 0) + 1e-12);
      }),
    );
  });

  it('the same outcomes give the same bits', () => {
    fc.assert(
      fc.property(letters(1), days, (given, later) => {
        expect(trustAfter(given, { at: at(later), digest: 'a' })).toEqual(
          trustAfter(given, { at: at(later), digest: 'a' }),
        );
      }),
    );
  });
});
