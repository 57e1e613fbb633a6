import { expect, it } from 'vitest';
import type { Circumstances, PastAction } from '../../../src/domain/circumstances.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import {
  deploymentFacts,
  nodePod,
  noon,
  restartOf,
  scaleTo,
  setImageTo,
  specId,
} from '../../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../../fixtures/fields.ts';
import { budget, covered, evicting, housing, web } from '../../fixtures/nodes.ts';
import { drained, type Given, type Said, said } from '../../fixtures/said.ts';

const sized = (desired: number) => deploymentFacts({ desired, ready: desired });
const scaled = (from: number, to: number, more: Partial<Given> = {}): Given => ({
  action: scaleTo(to),
  facts: sized(from),
  ...more,
});
const limited = (from: number, to: number, more: Partial<Given> = {}): Given => ({
  action: patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': to }),
  facts: autoscalerFacts({ min: 2, max: from, current: 3, desired: 3 }),
  ...more,
});
const after = (target: string, found: object, more: Partial<Circumstances> = {}): Partial<Circumstances> => ({
  history: { at: noon, objects: { [`test/${target}`]: { actions: [], count: 0, ...found } } },
  ...more,
});
const restarted: Given = { action: restartOf(), facts: deploymentFacts() };
const past = (at: string, more: Partial<PastAction> = {}): PastAction => ({
  ...{ remediation: specId, number: 4, verb: 'rollout restart', at, here: true },
  ...more,
});
const vetoed = (name: string, veto: string) => nodePod(name, { veto });
const cluster = (tier: string): Given => ({ ...restarted, policy: { clusters: { test: { tier } } } });
const earned = { playbook: 'restart', samples: 4, lowerBound: 0.4 };
const trusting = (demand: object, more: object = {}): Given => ({
  ...restarted,
  policy: { trust: demand },
  circumstances: { trust: { ...earned, ...more } },
});
const owner = { kind: 'Prometheus', name: 'main', apiVersion: 'monitoring.coreos.com/v1' };
const managed = (gitOps: NonNullable<Facts['gitOps']>): Given => ({
  action: scaleTo(3),
  facts: deploymentFacts({ desired: 2 }, { gitOps }),
});
const sunday = { zone: 'UTC', weekday: 'sun', date: '2026-03-01', time: '12:00' } as const;
const berlin = { zone: 'Europe/Berlin', weekday: 'mon', date: '2026-03-02', time: '00:30' } as const;
const weekend = { name: 'weekend', weekly: [{ days: ['sat', 'sun'], from: '00:00', to: '24:00' }] };

const rows: readonly Said[] = [
  [
    'as many replicas as may be at most',
    'ceilings',
    scaled(2990, 3000),
    [
      'floor 11: The policy wants a person for 3000 replicas: more than 50. [policy.yaml: ceilings.replicas.human]',
    ],
  ],
  [
    'one more',
    'ceilings',
    scaled(3000, 3001),
    ['block 100: The policy refuses 3001 replicas: it allows 3000. [policy.yaml: ceilings.replicas.blocked]'],
  ],
  [
    'more than a person is asked for',
    'ceilings',
    scaled(40, 51),
    [
      'floor 11: The policy wants a person for 51 replicas: more than 50. [policy.yaml: ceilings.replicas.human]',
    ],
  ],
  ['four times as many', 'ceilings', scaled(3, 12), []],
  [
    'more than four times as many as an hour ago',
    'ceilings',
    scaled(6, 13, { circumstances: after('shop/Deployment/web', { replicas: 3 }) }),
    [
      'floor 11: From 6 (3 within the last hour) to 13 replicas is more than 4 times as many within an hour. [policy.yaml: ceilings.timesPerHour]',
    ],
  ],
  [
    'a limit as high as may be',
    'ceilings',
    limited(2990, 3000),
    [
      'floor 11: The policy wants a person for up to 3000 pods: more than 100. [policy.yaml: ceilings.maxReplicas.human]',
    ],
  ],
  [
    'a limit above',
    'ceilings',
    limited(3000, 3001),
    [
      'block 100: The policy refuses up to 3001 pods: it allows 3000. [policy.yaml: ceilings.maxReplicas.blocked]',
    ],
  ],
  [
    'a limit that grows too fast',
    'ceilings',
    limited(5, 21),
    [
      'floor 11: A limit of 21 pods instead of 5 is more than 4 times as many within an hour. [policy.yaml: ceilings.timesPerHour]',
    ],
  ],
  ['a restart, which grows nothing', 'ceilings', restarted, []],
  [
    'another image',
    'new-code',
    { action: setImageTo('registry.example/web:1.2'), facts: deploymentFacts() },
    ['floor 11: It changes which code Deployment/web runs. [Deployment/web in shop: spec.template]'],
  ],
  [
    'two pods under two budgets each',
    'eviction-budgets',
    drained(
      housing([
        covered('web-0', { budgets: ['all', 'web'] }),
        covered('web-1', { budgets: ['all', 'web'] }),
        web,
      ]),
    ),
    [
      'block 100: Pod/web-0 in shop and Pod/web-1 in shop are covered by more than one budget (PodDisruptionBudget/all and PodDisruptionBudget/web): the API server would refuse to evict them for ever. [PodDisruptionBudget/all and PodDisruptionBudget/web in shop]',
    ],
  ],
  [
    'a budget that allows one of two',
    'eviction-budgets',
    drained(housing([covered('web-0'), covered('web-1')], 3, { budgets: [budget()] })),
    [
      'floor 11: PodDisruptionBudget/web in shop allows 1 eviction now (3 healthy, 2 wanted) and 2 pods of it have to go: the drain waits for replacements in between. [PodDisruptionBudget/web in shop]',
    ],
  ],
  [
    'a budget that allows two of three',
    'eviction-budgets',
    drained(
      housing(
        ['a', 'b', 'c'].map((name) => covered(name)),
        9,
        { budgets: [budget({ healthy: 4, expected: 9 })] },
      ),
    ),
    [
      'floor 11: PodDisruptionBudget/web in shop allows 2 evictions now (4 healthy, 2 wanted) and 3 pods of it have to go: the drain waits for replacements in between. [PodDisruptionBudget/web in shop]',
    ],
  ],
  [
    'a budget that is spent, and two pods of it',
    'eviction-budgets',
    drained(housing([covered('web-0'), covered('web-1')], 3, { budgets: [budget({ healthy: 2 })] })),
    [
      'floor 11: PodDisruptionBudget/web in shop is spent (2 healthy, 2 wanted) and 2 pods of it have to go: the drain waits until more are healthy. [PodDisruptionBudget/web in shop]',
    ],
  ],
  [
    'a budget that allows all that go',
    'eviction-budgets',
    drained(housing([covered('web-0')], 3, { budgets: [budget()] })),
    [],
  ],
  [
    'a taint that asks no budget',
    'eviction-budgets',
    { action: evicting, facts: housing([covered('web-0'), covered('web-1')], 3, { budgets: [budget()] }) },
    [
      'floor 51: PodDisruptionBudget/web in shop allows 1 pod fewer (3 healthy, 2 wanted); the taint takes 2 away at once and does not ask it. [PodDisruptionBudget/web in shop]',
    ],
  ],
  [
    'a taint, and a budget that allows as many',
    'eviction-budgets',
    {
      action: evicting,
      facts: housing([covered('web-0'), covered('web-1', { ready: false }), web], 3, { budgets: [budget()] }),
    },
    [],
  ],
  [
    'one pod',
    'moved-pods',
    drained(housing([web])),
    ['floor 11: 1 pod of shop ends here, and what replaces it starts anew elsewhere. [Node/worker-1: pods]'],
  ],
  [
    'two pods of two namespaces',
    'moved-pods',
    drained(housing([web, nodePod('x', { namespace: 'bank' })])),
    [
      'floor 11: 2 pods of bank and shop end here, and what replaces them starts anew elsewhere. [Node/worker-1: pods]',
    ],
  ],
  [
    'a pod of a node that tells nothing',
    'moved-pods',
    drained(housing([web], 10, { ready: false })),
    ['floor 11: 1 pod of shop is told to end here. [Node/worker-1: pods]'],
  ],
  [
    'two pods of a node that tells nothing',
    'moved-pods',
    drained(housing([web, nodePod('web-1')], 10, { ready: false })),
    ['floor 11: 2 pods of shop are told to end here. [Node/worker-1: pods]'],
  ],
  [
    'pods that ask not to be moved, in two ways',
    'moving-vetoes',
    drained(
      housing([
        vetoed('a', 'karpenter.sh/do-not-disrupt'),
        vetoed('b', 'karpenter.sh/do-not-disrupt'),
        vetoed('c', 'descheduler.alpha.kubernetes.io/prefer-no-eviction'),
      ]),
    ),
    [
      'floor 11: Pod/c in shop asks not to be moved (descheduler.alpha.kubernetes.io/prefer-no-eviction). [Pods: metadata.annotations]',
      'floor 51: Pod/a in shop and Pod/b in shop ask not to be moved (karpenter.sh/do-not-disrupt). [Pods: metadata.annotations]',
    ],
  ],
  [
    'a marked object',
    'gitops',
    managed({ manager: 'argo-cd', name: 'shop' }),
    [
      'floor 11: Argo CD (shop) owns this object: its next sync may undo the change. [Deployment/web in shop: metadata]',
    ],
  ],
  [
    'one whose fields were written',
    'gitops',
    managed({ manager: 'helm', name: 'helm', sign: 'managedFields' }),
    [
      'floor 11: Helm has written fields of this object (as helm): the next upgrade of the release may undo the change. [Deployment/web in shop: metadata.managedFields]',
    ],
  ],
  [
    'one that is switched off',
    'gitops',
    managed({ manager: 'flux', name: 'shop', sign: 'switched off' }),
    [
      'floor 11: Flux (shop) owns this object and is switched off for it: once it is on again, its next sync may undo the change. [Deployment/web in shop: metadata]',
    ],
  ],
  [
    'an operator',
    'controlled',
    { action: scaleTo(3), facts: deploymentFacts({ desired: 2 }, { owner }) },
    [
      'floor 11: Prometheus/main (monitoring.coreos.com/v1) controls this object and may put the change back. [Deployment/web in shop: metadata.ownerReferences]',
    ],
  ],
  [
    'a person, in this cluster',
    'cluster-tier',
    cluster('human'),
    [
      'floor 11: In the cluster test the policy wants a person to agree to any change. [policy.yaml: clusters.test.tier]',
    ],
  ],
  [
    'two people, in this cluster',
    'cluster-tier',
    cluster('dual'),
    [
      'floor 51: In the cluster test the policy wants two people to agree to any change. [policy.yaml: clusters.test.tier]',
    ],
  ],
  [
    'nobody, in this cluster',
    'cluster-tier',
    cluster('blocked'),
    ['block 100: The policy lets nothing be changed in the cluster test. [policy.yaml: clusters.test.tier]'],
  ],
  [
    'another cluster',
    'cluster-tier',
    { ...restarted, policy: { clusters: { other: { tier: 'dual' } } } },
    [],
  ],
  [
    'a freeze, in its own time',
    'freezes',
    { ...restarted, policy: { freezes: [weekend] }, circumstances: { local: [berlin, sunday] } },
    [
      'floor 51: The freeze "weekend" holds until sun 24:00 (UTC); it is sun 2026-03-01 12:00 there. [policy.yaml: freezes[0]]',
    ],
  ],
  [
    'a freeze, where its own time is over',
    'freezes',
    {
      ...restarted,
      policy: { freezes: [{ ...weekend, timeZone: 'Europe/Berlin' }] },
      circumstances: { local: [sunday, berlin] },
    },
    [],
  ],
  [
    'too little trust',
    'trust',
    trusting({ minimum: 0.5 }),
    [
      'floor 11: The playbook restart has earned a trust of 0.40 in 4 verdicts, and the policy asks for 0.5. [policy.yaml: trust.minimum]',
    ],
  ],
  [
    'too little trust in an environment',
    'trust',
    trusting({ minimum: 0.5, tier: 'dual' }, { samples: 1, environment: 'live' }),
    [
      'floor 51: The playbook restart has earned a trust of 0.40 in 1 verdict in live, and the policy asks for 0.5. [policy.yaml: trust.minimum]',
    ],
  ],
  [
    'trust, and no name',
    'trust',
    trusting({ minimum: 0.3, alone: [] }),
    [
      'floor 11: The playbook restart has earned a trust of 0.40 in 4 verdicts, and the policy does not name it to run by itself there. [policy.yaml: trust.alone]',
    ],
  ],
  [
    'a repetition',
    'repeats',
    {
      ...restarted,
      circumstances: after('shop/Deployment/web', { actions: [past('2026-03-01T11:55:00.000Z')], count: 1 }),
    },
    [
      'floor 11: Firebreak has acted on Deployment/web already: restarted at 11:55 UTC today. Less than 10 min ago: it may not have shown yet what it does. [policy.yaml: repeats.minutes]',
    ],
  ],
  [
    'what was not looked up',
    'repeats',
    { ...restarted, circumstances: { history: { unknown: 'no database' } } },
    [
      'floor 11: Not known: what Firebreak has done to Deployment/web before (no database). [policy.yaml: repeats]',
    ],
  ],
  [
    'one of many repetitions, hours ago',
    'repeats',
    {
      ...restarted,
      circumstances: after('shop/Deployment/web', {
        actions: [past('2026-02-28T13:00:00.000Z'), past('2026-03-01T01:00:00.000Z', { verb: 'scale' })],
        count: 12,
      }),
    },
    [
      'floor 11: Firebreak has acted on Deployment/web already: restarted at 13:00 UTC yesterday, scaled at 01:00 UTC today, and 10 times before that. After 3 times in a day a person looks for the cause. [policy.yaml: repeats.timesPerDay]',
    ],
  ],
  [
    'what did not help',
    'repeats',
    {
      ...restarted,
      circumstances: after('shop/Deployment/web', {
        actions: [1, 2, 3].map((number) =>
          past(`2026-03-01T0${number}:00:00.000Z`, {
            number,
            outcome: number === 2 ? 'failed' : 'not verified',
          }),
        ),
        count: 3,
      }),
    },
    [
      'floor 11: Firebreak has acted on Deployment/web already: restarted at 01:00, 02:00 and 03:00 UTC today. After 3 times in a day a person looks for the cause. [policy.yaml: repeats.timesPerDay]',
      'floor 11: The last 3 on Deployment/web did not help: remediation 1 (not verified), remediation 2 (failed) and remediation 3 (not verified). A person looks for the cause first. [policy.yaml: repeats.inVain]',
    ],
  ],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
