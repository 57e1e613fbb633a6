import { expect, test } from 'vitest';
import type { Circumstances } from '../../../src/domain/circumstances.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { deploymentFacts, noon, restartOf, specId } from '../../fixtures/facts.ts';

const counterfactual = (given: object) => {
  const chosen: Policy = policy.parse({ version: 1, ...given });
  const usage = { score: 10, running: 0 };
  const circumstances: Circumstances = {
    local: [{ zone: 'UTC', weekday: 'sun', date: '2026-03-01', time: '12:00' }],
    usage: { cluster: usage, namespace: usage },
  };
  const situation = {
    action: restartOf(),
    facts: deploymentFacts(),
    policy: chosen,
    circumstances,
  };
  const spec = evaluate({ id: specId, now: noon, ...situation });
  return counterfactualText(counterfactuals(spec, situation));
};

const sunday = { name: 'sunday', weekly: [{ days: ['sun'], from: '08:00', to: '18:00' }] };

test.each([
  [
    'a freeze',
    { freezes: [sunday] },
    'Would be auto if: outside the freeze "sunday", which holds until sun 18:00.',
  ],
  [
    'a spent budget',
    { budgets: { scorePerHour: { cluster: 10 } } },
    'Would be auto if: within the blast budgets.',
  ],
  [
    'both',
    { freezes: [{ ...sunday, tier: 'human' }], budgets: { scorePerHour: { cluster: 10 } } },
    'Would be auto if: outside the freeze "sunday", which holds until sun 18:00 and within the blast budgets.',
  ],
  ['neither', {}, ''],
])('what would have helped against %s', (_name, given, text) => {
  expect(counterfactual(given)).toBe(text);
});
