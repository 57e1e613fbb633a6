import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Circumstances } from '../../../src/domain/circumstances.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { isStricter, type Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import {
  deploymentFacts,
  drainNode,
  nodeFacts,
  noon,
  defaultPolicy as plainPolicy,
  restartOf,
  scaleTo,
  specId,
  taintNode,
} from '../../fixtures/facts.ts';
import { closing, node } from '../../fixtures/nodes.ts';

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
  [0.5, 'auto'],
  [0.6, 'auto'],
] as const)('a playbook whose trust is %d, where 0.5 is asked for, is %s', (lowerBound, tier) => {
  const trust = { playbook: 'restart', samples: 4, lowerBound };
  expect(judge({}, { local: [], trust }).tier).toBe('auto');
  expect(judge({ trust: { minimum: 0.5 } }, { local: [], trust }).tier).toBe(tier);
});

const elsewhere = { playbook: 'restart', environment: 'live' };
test.each<[string, object | undefined, Tier]>([
  ['is not given', undefined, 'auto'],
  ['is empty', [], 'human'],
  ['names it for another environment', [elsewhere], 'human'],
  ['names another playbook', [{ playbook: 'undo', environment: 'staging' }], 'human'],
  ['names it', [elsewhere, { playbook: 'restart', environment: 'staging' }], 'auto'],
])('what has earned the minimum runs by itself as the list says: where it %s', (_name, alone, tier) => {
  const trust = { playbook: 'restart', samples: 40, lowerBound: 0.9, environment: 'staging' };
  const demand = { minimum: 0.5, ...(alone === undefined ? {} : { alone }) };
  expect(judge({ trust: demand }, { local: [], trust }).tier).toBe(tier);
  expect(judge({ trust: { ...demand, minimum: 0.95 } }, { local: [], trust }).tier).toBe('human');
});

describe('a rollback that opens a node again needs a person', () => {
  const cordoned = nodeFacts({ unschedulable: true });
  const { target } = drainNode();
  const tainted = nodeFacts({
    taints: [
      { key: 'gpu', effect: 'NoSchedule' },
      { key: 'soft', effect: 'PreferNoSchedule' },
    ],
  });
  const off = (key: string, effect: 'NoSchedule' | 'PreferNoSchedule') =>
    taintNode({ remove: [{ key, effect }] });
  it.each<[string, Action, Facts, number | undefined, Tier]>([
    ['an uncordon of a drain', { verb: 'uncordon', target }, cordoned, 7, 'human'],
    ['an uncordon that somebody asked for', { verb: 'uncordon', target }, cordoned, undefined, 'auto'],
    ['a taint that is taken off', off('gpu', 'NoSchedule'), tainted, 7, 'human'],
    ['every taint of a key', taintNode({ remove: [{ key: 'gpu' }] }), tainted, 7, 'human'],
    ['a taint that somebody takes off', off('gpu', 'NoSchedule'), tainted, undefined, 'auto'],
    ['a taint that only asked for it', off('soft', 'PreferNoSchedule'), tainted, 7, 'auto'],
    ['a taint that is put back', closing, node(), 7, 'auto'],
    ['a cordon, which closes it', { verb: 'cordon', target }, node(), 7, 'auto'],
    ['a scale, which is no node', scaleTo(3), deploymentFacts({ desired: 2 }), 7, 'auto'],
  ])('%s', (_name, action, facts, takesBack, tier) => {
    const circumstances = { local: [], ...(takesBack === undefined ? {} : { takesBack }) };
    const spec = evaluate({ id: specId, now: noon, action, facts, policy: plainPolicy, circumstances });
    expect(spec.tier).toBe(tier);
    const sentence =
      'Remediation 7 was to keep pods off Node/worker-1 and did not come to its end: whether it takes pods again is for a person to say.';
    expect(lines(spec, 'reopened-node')).toEqual(
      tier === 'auto' ? [] : [{ sentence, source: 'Remediation 7' }],
    );
  });
});

describe('what people were asked about before', () => {
  it.each<[string, Action, Circumstances['askedBefore'], Tier]>([
    ['one person', scaleTo(3), { remediation: 7, tier: 'human' }, 'human'],
    ['two people', scaleTo(3), { remediation: 7, tier: 'dual' }, 'dual'],
    ['nobody', scaleTo(3), undefined, 'auto'],
  ])('by %s', (_name, action, askedBefore, tier) => {
    const facts = deploymentFacts({ desired: 2 });
    const circumstances = { local: [], ...(askedBefore === undefined ? {} : { askedBefore }) };
    const spec = evaluate({ id: specId, now: noon, action, facts, policy: plainPolicy, circumstances });
    expect(spec.tier).toBe(tier);
    const needed = tier === 'human' ? '1 approval' : '2 approvals';
    const sentence = `Remediation 7, which this replaces, needed ${needed}: so does this.`;
    expect(lines(spec, 'asked-before')).toEqual(
      askedBefore === undefined ? [] : [{ sentence, source: 'Remediation 7' }],
    );
  });
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
    takesBack: fc.constant(7),
    askedBefore: fc.record({ remediation: fc.constant(7), tier: fc.constantFrom('human', 'dual') }),
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
      // Who asks is always known.
      const { usage: _usage, ...asked } = circumstances;
      const unknown = evaluate({
        ...base,
        policy: demanding,
        circumstances: { ...asked, local: [] },
      });
      expect(isStricter(within.tier, unknown.tier)).toBe(false);
    }),
  );
});
