import { describe, expect, it } from 'vitest';
import { isBlocked, neededApprovals, needsApproval } from '../../src/domain/spec.ts';
import { isStricter, type Tier, tierCeiling, tierFloor, tierOf, tiers } from '../../src/domain/tier.ts';

describe('tiers', () => {
  it.each<[number, Tier]>([
    [0, 'auto'],
    [10, 'auto'],
    [11, 'human'],
    [50, 'human'],
    [51, 'dual'],
    [99, 'dual'],
    [100, 'blocked'],
  ])('a score of %i is %s', (score, tier) => {
    expect(tierOf(score)).toBe(tier);
  });

  it('leave no score between them', () => {
    for (let score = 0; score <= 100; score += 1) {
      const tier = tierOf(score);
      expect(score).toBeGreaterThanOrEqual(tierFloor[tier]);
      expect(score).toBeLessThanOrEqual(tierCeiling[tier]);
    }
  });

  it('are ordered from least to most', () => {
    const stricter = tiers.flatMap((a) => tiers.filter((b) => isStricter(a, b)).map((b) => `${a} > ${b}`));
    expect(stricter).toEqual([
      'human > auto',
      'dual > auto',
      'dual > human',
      'blocked > auto',
      'blocked > human',
      'blocked > dual',
    ]);
  });

  it.each<[Tier, boolean, boolean, number]>([
    ['auto', false, false, 0],
    ['human', false, true, 1],
    ['dual', false, true, 2],
    ['blocked', true, true, Number.POSITIVE_INFINITY],
  ])('%s: blocked %s, approval %s, people %d', (tier, blocked, approval, people) => {
    expect(isBlocked({ tier })).toBe(blocked);
    expect(needsApproval({ tier })).toBe(approval);
    expect(neededApprovals({ tier })).toBe(people);
  });
});
