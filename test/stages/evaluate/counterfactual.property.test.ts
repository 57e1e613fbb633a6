import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStricter } from '../../../src/domain/tier.ts';
import { counterfactuals } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import type { Situation } from '../../../src/stages/evaluate/what-if/situation.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import { noon, defaultPolicy as policy, specId } from '../../fixtures/facts.ts';

test('counterfactuals really give the tier they name, a lower one, and none of two changes is idle', () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(situations, ({ action, facts }) => {
      const spec = evaluate({ id: specId, now: noon, action, facts, policy });
      const start: readonly Situation[] = [{ action, facts, policy }];
      const tierAfter = (changes: ReturnType<typeof counterfactuals>[number]['changes']) => {
        const [changed] = changes.reduce((before, { change }) => change(before), start);
        return evaluate({ id: specId, now: noon, action, facts, policy, ...changed }).tier;
      };
      for (const { tier, changes } of counterfactuals(spec, { action, facts, policy })) {
        seen.add(changes.length);
        expect(isStricter(spec.tier, tier)).toBe(true);
        expect(tierAfter(changes)).toBe(tier);
        if (changes.length < 2) continue;
        for (const one of changes) expect(isStricter(spec.tier, tierAfter([one]))).toBe(false);
      }
    }),
    { numRuns: 1000 },
  );
  expect(seen).toEqual(new Set([1, 2]));
});
