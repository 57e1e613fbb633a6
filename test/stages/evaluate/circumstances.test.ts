import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Circumstances } from '../../../src/domain/circumstances.ts';
import { type Policy, policy } from '../../../src/domain/policy.ts';
import { isStricter } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import { deploymentFacts, noon, restartOf, specId } from '../../fixtures/facts.ts';

const judge = (chosen: object, circumstances?: Circumstances) =>
  evaluate({
    id: specId,
    now: noon,
    action: restartOf(),
    facts: deploymentFacts(),
    policy: policy.parse({ version: 1, ...chosen }),
    circumstances,
  });

const lines = (spec: ReturnType<typeof judge>, rule: string) =>
  spec.lineItems.filter((item) => item.rule === rule).map(({ sentence, source }) => ({ sentence, source }));

const sunday = { zone: 'UTC', weekday: 'sun', date: '2026-03-01', time: '12:00' } as const;
const weekend = { name: 'weekend', weekly: [{ days: ['sat', 'sun'], from: '00:00', to: '24:00' }] };

describe('a freeze', () => {
  test('raises to its tier while it holds', () => {
    expect(judge({ freezes: [weekend] }, { local: [sunday] }).tier).toBe('dual');
    expect(judge({ freezes: [{ ...weekend, tier: 'human' }] }, { local: [sunday] }).tier).toBe('human');
    expect(judge({ freezes: [{ ...weekend, tier: 'blocked' }] }, { local: [sunday] }).tier).toBe('blocked');
  });

  test('says nothing outside', () => {
    const monday = { ...sunday, weekday: 'mon' } as const;
    expect(lines(judge({ freezes: [weekend] }, { local: [monday] }), 'freezes')).toEqual([]);
  });

  test('holds when the time is not known', () => {
    expect(lines(judge({ freezes: [weekend] }), 'freezes')).toEqual([
      {
        sentence: 'Not known: the time in UTC, so the freeze "weekend" counts as holding.',
        source: 'policy.yaml: freezes[0]',
      },
    ]);
  });

  test('of an environment concerns that environment alone', () => {
    const given = (names: string[]) => ({
      environments: { tills: { match: { names } } },
      freezes: [{ ...weekend, environments: ['tills'] }],
    });
    expect(judge(given(['shop']), { local: [sunday] }).tier).toBe('dual');
    expect(lines(judge(given(['other']), { local: [sunday] }), 'freezes')).toEqual([]);
  });
});

describe('a budget', () => {
  const budgets = { scorePerHour: { cluster: 100 }, concurrent: { namespace: 2 }, tier: 'dual' };
  const used = (score: number, running: number): Circumstances => ({
    local: [],
    usage: { cluster: { score, running: 0 }, namespace: { score: 0, running } },
  });

  test('that is not spent says nothing', () => {
    expect(lines(judge({ budgets }, used(50, 1)), 'budgets')).toEqual([]);
  });

  test('counts the score itself', () => {
    const { score } = judge({}, { local: [] });
    expect(lines(judge({ budgets }, used(100 - score, 0)), 'budgets')).toEqual([]);
    expect(lines(judge({ budgets }, used(101 - score, 0)), 'budgets')).toEqual([
      {
        sentence: `The blast budget of the cluster is spent: ${101 - score} of 100 points in the last hour, and this adds ${score}.`,
        source: 'policy.yaml: budgets.scorePerHour.cluster',
      },
    ]);
  });

  test('limits what runs at the same time', () => {
    expect(lines(judge({ budgets }, used(0, 2)), 'budgets')).toEqual([
      {
        sentence: '2 remediations are running in the namespace shop, of 2 at a time.',
        source: 'policy.yaml: budgets.concurrent.namespace',
      },
    ]);
  });

  test('counts as spent when the usage is not known', () => {
    const spec = judge({ budgets });
    expect(spec.tier).toBe('dual');
    expect(lines(spec, 'budgets')).toHaveLength(2);
  });
});

test.each([
  [0.4, 'human'],
  [0.6, 'auto'],
] as const)('a playbook whose trust is %d, where 0.5 is asked for, is %s', (lowerBound, tier) => {
  const trust = { playbook: 'restart', samples: 4, lowerBound };
  expect(judge({}, { local: [], trust }).tier).toBe('auto');
  expect(judge({ trust: { minimum: 0.5 } }, { local: [], trust }).tier).toBe(tier);
});

const demands = fc.record(
  {
    freezes: fc.constant([weekend]),
    budgets: fc.constant({ scorePerHour: { cluster: 20, namespace: 10 }, concurrent: { cluster: 1 } }),
    trust: fc.constant({ minimum: 0.5 }),
    actions: fc.constant({ disabled: ['scale'] }),
    environments: fc.constant({ all: { match: { names: ['shop'] }, production: true, factor: 2 } }),
  },
  { requiredKeys: [] },
);

const told: fc.Arbitrary<Circumstances> = fc.record(
  {
    local: fc.constantFrom([], [sunday]),
    usage: fc.record({
      cluster: fc.record({ score: fc.nat({ max: 40 }), running: fc.nat({ max: 2 }) }),
      namespace: fc.record({ score: fc.nat({ max: 40 }), running: fc.nat({ max: 2 }) }),
    }),
    trust: fc.record({
      playbook: fc.constant('p'),
      samples: fc.nat({ max: 9 }),
      lowerBound: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { requiredKeys: ['local'] },
);

test('nothing that a policy demands ever lowers a tier, and not knowing never does either', () => {
  const plain = policy.parse({ version: 1 });
  fc.assert(
    fc.property(situations, demands, told, ({ action, facts }, demand, circumstances) => {
      const demanding: Policy = policy.parse({ version: 1, ...demand });
      const base = { id: specId, now: noon, action, facts };
      const without = evaluate({ ...base, policy: plain, circumstances });
      const within = evaluate({ ...base, policy: demanding, circumstances });
      expect(isStricter(without.tier, within.tier)).toBe(false);
      const { trust, ...rest } = circumstances;
      const unknown = evaluate({
        ...base,
        policy: demanding,
        circumstances: { local: [], ...(trust === undefined ? {} : { trust }) },
      });
      expect(
        isStricter(
          evaluate({
            ...base,
            policy: demanding,
            circumstances: { ...rest, ...(trust === undefined ? {} : { trust }) },
          }).tier,
          unknown.tier,
        ),
      ).toBe(false);
    }),
  );
});
