import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Circumstances, ObjectHistory, PastAction } from '../../../src/domain/circumstances.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { isStricter, type Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import {
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  noon,
  podFacts,
  restartOf,
  specId,
} from '../../fixtures/facts.ts';
import { judgeAfter, never, saidBy } from '../../fixtures/history.ts';

const id = '00000000-0000-4000-8000-000000000007';

const acted = (at: string, verb: PastAction['verb'] = 'rollout restart', here = true): PastAction => ({
  ...{ remediation: id, number: 7, verb, here },
  at: `2026-03-01T${at}:00.000Z`,
});

const did = (...actions: PastAction[]): ObjectHistory => ({ actions, count: actions.length });

describe('what was acted on already', () => {
  const before = 'Firebreak has acted on Deployment/web already: ';
  const soon = 'Less than 10 min ago: it may not have shown yet what it does.';
  const often = 'After 3 times in a day a person looks for the cause.';
  it.each<[string, Action, Facts, ObjectHistory, Tier, string]>([
    ['never', restartOf(), deploymentFacts(), never, 'auto', ''],
    ['ten minutes ago', restartOf(), deploymentFacts(), did(acted('11:50')), 'auto', ''],
    [
      'nine minutes ago',
      restartOf(),
      deploymentFacts(),
      did(acted('11:51')),
      'human',
      `${before}restarted at 11:51 UTC today. ${soon}`,
    ],
    ['twice today', restartOf(), deploymentFacts(), did(acted('08:04'), acted('09:11')), 'auto', ''],
    [
      'three times today',
      restartOf(),
      deploymentFacts(),
      did(acted('08:04'), acted('09:11'), acted('11:30')),
      'human',
      `${before}restarted at 08:04, 09:11 and 11:30 UTC today. ${often}`,
    ],
    [
      'by a newer version, with a verb that is not known here',
      restartOf(),
      deploymentFacts(),
      did(acted('11:51', 'rollout recreate')),
      'human',
      `${before}rollout recreate at 11:51 UTC today. ${soon}`,
    ],
    [
      'in several ways, on two days',
      restartOf(),
      deploymentFacts(),
      {
        actions: [
          { ...acted('22:00'), at: '2026-02-28T22:00:00.000Z' },
          acted('09:11', 'scale'),
          acted('11:30'),
        ],
        count: 5,
      },
      'human',
      `${before}restarted at 22:00 UTC yesterday, scaled at 09:11 UTC today, restarted at 11:30 UTC today, and 2 times before that. ${often}`,
    ],
    [
      'other pods of the same owner',
      deletePodIn(),
      podFacts({ controller: { kind: 'Deployment', name: 'web', desired: 9, ready: 9 } }),
      did(acted('11:58', 'delete pod', false)),
      'human',
      `${before}a pod deleted at 11:58 UTC today. ${soon}`,
    ],
  ])('%s', (_name, action, facts, found, tier, sentence) => {
    const spec = judgeAfter(action, facts, found);
    expect(saidBy(spec, 'repeats')).toEqual(sentence === '' ? [] : [sentence]);
    expect(spec.tier).toBe(tier);
  });

  test('is as strict as the policy says, but a rollback that is offered needs one person', () => {
    const strict = policy.parse({ version: 1, repeats: { tier: 'blocked' } });
    const found = did(acted('11:58'));
    expect(judgeAfter(restartOf(), deploymentFacts(), found, strict).tier).toBe('blocked');
    expect(judgeAfter(restartOf(), deploymentFacts(), found, strict, { takesBack: 7 }).tier).toBe('human');
  });

  test('is widened by the policy alone', () => {
    const wide = policy.parse({ version: 1, repeats: { minutes: 0, timesPerDay: 4 } });
    const found = did(acted('11:57'), acted('11:58'), acted('11:59'));
    expect(judgeAfter(restartOf(), deploymentFacts(), found, wide).tier).toBe('auto');
    const { repeats } = wide;
    expect(
      judgeAfter(restartOf(), deploymentFacts(), found, { ...wide, repeats: { ...repeats, timesPerDay: 3 } })
        .tier,
    ).toBe('human');
  });

  test.each<[string, Circumstances['history'], string]>([
    ['cannot be read', { unknown: 'timed out' }, 'timed out'],
    ['was not looked up', { at: noon, objects: {} }, 'it was not looked up'],
  ])('raises when it %s', (_name, history, reason) => {
    const spec = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, { history });
    expect(saidBy(spec, 'repeats')).toEqual([
      `Not known: what Firebreak has done to Deployment/web before (${reason}).`,
    ]);
    expect(spec.tier).toBe('human');
  });
});

describe('a write that bears our name', () => {
  const lastChange = { manager: `firebreak/${id}`, field: 'spec.template', at: '2026-03-01T11:45:30Z' };
  const facts = deploymentFacts({}, { neighbourhood: dependents({ lastChange }) });
  const wide = policy.parse({ version: 1, weights: { windows: { recentChangeMinutes: 60 } } });
  const ours: PastAction = { ...acted('11:45'), until: '2026-03-01T11:45:31.000Z' };
  it.each<[string, ObjectHistory, Tier]>([
    ['is ours by our own records', did(ours), 'auto'],
    ['is ours while it runs', did(acted('11:45')), 'auto'],
    ['is of nobody that we know', never, 'human'],
    ['is of a remediation of another object', did({ ...ours, here: false }), 'human'],
    [
      'came long after the remediation',
      did({ ...acted('10:00'), until: '2026-03-01T10:00:30.000Z' }),
      'human',
    ],
    ['came before it', did({ ...acted('11:49'), until: '2026-03-01T11:49:30.000Z' }), 'human'],
    [
      'came a minute before it by its clock',
      did({ ...acted('11:46'), at: '2026-03-01T11:46:30.000Z' }),
      'auto',
    ],
    ['came more than that before it', did({ ...acted('11:46'), at: '2026-03-01T11:46:30.001Z' }), 'human'],
    [
      'came a minute after it by its clock',
      did({ ...acted('11:44'), until: '2026-03-01T11:44:30.000Z' }),
      'auto',
    ],
    ['came more than that after it', did({ ...acted('11:44'), until: '2026-03-01T11:44:29.999Z' }), 'human'],
    ['is of the second of two', did({ ...acted('10:00'), until: '2026-03-01T10:00:30.000Z' }, ours), 'auto'],
    ['is of another remediation', did({ ...ours, remediation: specId }), 'human'],
  ])('%s', (_name, found, tier) => {
    expect(judgeAfter(restartOf(), facts, found, wide).tier).toBe(tier);
  });

  test.each([
    [14, 'auto'],
    [15, 'human'],
  ] as const)('of fourteen minutes ago, where %d are too few, is %s', (recentChangeMinutes, tier) => {
    const within = policy.parse({ version: 1, weights: { windows: { recentChangeMinutes } } });
    expect(judgeAfter(restartOf(), facts, never, within).tier).toBe(tier);
  });

  test('is not ours because of its name, where nobody has asked', () => {
    const spec = evaluate({ id: specId, now: noon, action: restartOf(), facts, policy: wide });
    expect(spec.tier).toBe('human');
  });
});

describe('the usual budgets', () => {
  const usage = (score: number, running: number, automatic: number): Circumstances['usage'] => ({
    cluster: { score: 0, running: 0, automatic: 0 },
    namespace: { score, running, automatic },
  });
  it.each<[string, Circumstances['usage'], Tier, string]>([
    ['quiet', usage(100, 4, 4), 'auto', ''],
    [
      'five ran by themselves',
      usage(0, 0, 5),
      'human',
      '5 remediations of the last hour ran in the namespace shop without anybody being asked, of 5.',
    ],
    [
      'five run',
      usage(0, 5, 0),
      'human',
      '5 remediations are running in the namespace shop, of 5 at a time.',
    ],
    [
      'points are spent',
      usage(150, 0, 0),
      'human',
      'The blast budget of the namespace shop is spent: 150 of 150 points in the last hour, and this adds 8.',
    ],
    [
      'not known',
      { unknown: 'timed out' },
      'human',
      'Not known: how many remediations are running in the cluster.',
    ],
  ])('%s', (_name, used, tier, sentence) => {
    const spec = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, { usage: used });
    expect(saidBy(spec, 'budgets')).toEqual(sentence === '' ? [] : expect.arrayContaining([sentence]));
    expect(spec.tier).toBe(tier);
  });
});

const histories: fc.Arbitrary<ObjectHistory> = fc.record(
  {
    actions: fc.array(
      fc.record({
        remediation: fc.constant(id),
        number: fc.constant(7),
        verb: fc.constantFrom('rollout restart', 'scale', 'delete pod'),
        at: fc.constantFrom('2026-03-01T11:55:00.000Z', '2026-03-01T03:00:00.000Z'),
        here: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    count: fc.nat({ max: 9 }),
    replicas: fc.nat({ max: 9 }),
    mostReplicas: fc.nat({ max: 9 }),
  },
  { requiredKeys: ['actions', 'count'] },
);

test('nothing that was done before ever lowers a tier, and not knowing it never does either', () => {
  fc.assert(
    fc.property(situations, histories, ({ action, facts }, found) => {
      const named = { ...facts, cluster: 'test' };
      const calm = judgeAfter(action, named, never);
      const busy = judgeAfter(action, named, found);
      expect(isStricter(calm.tier, busy.tier)).toBe(false);
      const unknown = judgeAfter(action, named, found, defaultPolicy, { history: { unknown: 'away' } });
      expect(isStricter(calm.tier, unknown.tier)).toBe(false);
    }),
  );
});

test('no label, annotation or name of a writer ever lowers a tier', () => {
  const key = fc.constantFrom(
    'firebreak',
    'firebreak/trusted',
    'app.kubernetes.io/managed-by',
    'env',
    'stage',
  );
  const texts = fc.dictionary(key, fc.constantFrom('firebreak', 'true', 'dev', 'Helm'));
  const manager = fc.constantFrom('firebreak', 'firebreak/evil', `firebreak/${id}`, 'kubectl');
  fc.assert(
    fc.property(situations, texts, texts, manager, ({ action, facts }, labels, annotations, name) => {
      const { identity, neighbourhood } = facts;
      const lastChange = neighbourhood?.lastChange && { ...neighbourhood.lastChange, manager: name };
      const forged: Facts = {
        ...facts,
        identity: {
          ...identity,
          labels: { ...labels, ...identity.labels },
          annotations: { ...annotations, ...identity.annotations },
        },
        ...(neighbourhood && { neighbourhood: { ...neighbourhood, ...(lastChange && { lastChange }) } }),
      };
      const judgeOn = (on: Facts) =>
        evaluate({ id: specId, now: noon, action, facts: on, policy: defaultPolicy });
      expect(isStricter(judgeOn(facts).tier, judgeOn(forged).tier)).toBe(false);
    }),
  );
});

describe('what did not help is not tried again by itself', () => {
  const ended = (at: string, outcome: NonNullable<PastAction['outcome']>, number: number): PastAction => ({
    ...acted(at),
    outcome,
    number,
  });
  const vain = (...actions: PastAction[]) => did(...actions);
  const patient = policy.parse({ version: 1, repeats: { timesPerDay: 100, minutes: 0 } });
  const said = 'did not help: ';
  it.each<[string, ObjectHistory, string]>([
    ['nothing', never, ''],
    ['two in vain', vain(ended('08:00', 'failed', 1), ended('09:00', 'not verified', 2)), ''],
    [
      'three in vain, whatever was wrong with each',
      vain(ended('08:00', 'failed', 1), ended('09:00', 'not verified', 2), ended('10:00', 'inconclusive', 3)),
      'The last 3 on Deployment/web did not help: remediation 1 (failed), remediation 2 (not verified) and remediation 3 (inconclusive). A person looks for the cause first.',
    ],
    [
      'three, with one that helped between them',
      vain(ended('08:00', 'failed', 1), ended('09:00', 'verified', 2), ended('10:00', 'failed', 3)),
      '',
    ],
    [
      'three after one that helped, and one that is not over',
      vain(
        ended('07:00', 'verified', 1),
        ended('08:00', 'failed', 2),
        ended('09:00', 'failed', 3),
        ended('10:00', 'failed', 4),
        acted('11:00'),
      ),
      'The last 3 on Deployment/web did not help: remediation 2 (failed), remediation 3 (failed) and remediation 4 (failed). A person looks for the cause first.',
    ],
    [
      'three of which nothing is known, as in older rows',
      vain(acted('08:00'), acted('09:00'), acted('10:00')),
      '',
    ],
  ])('%s', (_name, found, sentence) => {
    const spec = judgeAfter(restartOf(), deploymentFacts(), found, patient);
    expect(saidBy(spec, 'repeats').filter((each) => each.includes(said))).toEqual(
      sentence === '' ? [] : [sentence],
    );
    expect(spec.tier).toBe(sentence === '' ? 'auto' : 'human');
  });
});

describe('in a storm', () => {
  const used = { score: 0, running: 0 };
  const storm = { since: '2026-03-01T11:52:00.000Z', incidents: 44 };
  test('nothing runs by itself', () => {
    const calm = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, {
      usage: { cluster: used },
    });
    expect(calm.tier).toBe('auto');
    const usage = { cluster: used, storm };
    const spec = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, { usage });
    expect(spec.tier).toBe('human');
    expect(spec.lineItems).toContainEqual(
      expect.objectContaining({
        sentence: 'A storm of 44 incidents since 11:52 UTC: nothing runs by itself until it is over.',
        source: 'policy.yaml: storm.incidentsPerMinute',
      }),
    );
  });
});

test.each([
  ['', undefined],
  [' in cluster west', 'west'],
])(
  'a storm by the share of what is unhealthy%s says so, with its own line of the policy',
  (where, cluster) => {
    const share = { unhealthy: 30, workloads: 60 };
    const usage = {
      cluster: { score: 0, running: 0 },
      storm: {
        since: '2026-03-01T11:52:00.000Z',
        incidents: 0,
        share,
        ...(cluster === undefined ? {} : { cluster }),
      },
    };
    const spec = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, { usage });
    expect(spec.tier).toBe('human');
    expect(spec.lineItems).toContainEqual(
      expect.objectContaining({
        sentence: `A storm with 30 of 60 workloads unhealthy or with an open incident${where} since 11:52 UTC: nothing runs by itself until it is over.`,
        source: 'policy.yaml: storm.unhealthyPercent',
      }),
    );
  },
);

describe('what runs by itself and fails one after the other', () => {
  const usage = (failedInARow?: number): Circumstances['usage'] => {
    const used = {
      score: 0,
      running: 0,
      automatic: 0,
      ...(failedInARow === undefined ? {} : { failedInARow }),
    };
    return { cluster: used, namespace: { ...used, failedInARow: 0 } };
  };
  it.each<[string, Circumstances['usage'], Tier]>([
    ['twice', usage(2), 'auto'],
    ['three times', usage(3), 'human'],
    ['more often', usage(9), 'human'],
    ['in an older row', usage(), 'auto'],
  ])('%s: %s', (_name, used, tier) => {
    const spec = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, { usage: used });
    expect(spec.tier).toBe(tier);
    const said = spec.lineItems.find(
      ({ source }) => source === 'policy.yaml: budgets.failuresInARow.cluster',
    );
    expect(said?.sentence.startsWith('The last')).toBe(tier === 'human' ? true : undefined);
  });
});
