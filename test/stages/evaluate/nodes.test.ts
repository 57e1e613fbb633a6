import { describe, expect, it } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { bindingOf } from '../../../src/stages/evaluate/binding.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  cordonNode,
  defaultPolicy,
  dependents,
  nodePod,
  noon,
  specId,
  taintNode,
} from '../../fixtures/facts.ts';
import {
  bare,
  budget,
  closing,
  covered,
  dedicated,
  dns,
  drain,
  evicting,
  housing,
  node,
  pair,
  reckless,
  scratch,
  web,
} from '../../fixtures/nodes.ts';

const judge = (action: Action, facts: Facts, policy = defaultPolicy): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy });

/** name, action, facts, tier, score, rule, its sentence among the counted lines. */
type Case = [string, Action, Facts, Tier, number, string, string];

const cases: Case[] = [
  [
    'a drain of an empty node',
    drain,
    node(),
    'auto',
    8,
    'spare-capacity',
    '5 other nodes can still take pods; the 10 pods on this one stay.',
  ],
  ['a drain of two of ten pods', drain, housing(pair), 'human', 11, 'affected-pods', '2 pods are evicted.'],
  [
    'a workload that has no pod elsewhere',
    drain,
    housing(pair, 2),
    'dual',
    62,
    'sole-workloads',
    '1 workload has no ready pod left until another is ready elsewhere: Deployment/web in shop.',
  ],
  [
    'the same under a budget: one at a time',
    drain,
    housing([covered('web-0'), covered('web-1')], 2, {
      budgets: [budget({ healthy: 2, desired: 1, expected: 2 })],
    }),
    'human',
    20,
    'sole-workloads',
    'Deployment/web in shop has 1 of 2 ready pods left at the worst moment.',
  ],
  [
    'a budget that allows fewer than have to go',
    drain,
    housing([covered('web-0'), covered('web-1')], 3, { budgets: [budget()] }),
    'human',
    14,
    'sole-workloads',
    'Deployment/web in shop has 2 of 3 ready pods left at the worst moment.',
  ],
  [
    'a budget that is spent now',
    drain,
    housing([covered('web-0')], 30, { budgets: [budget({ healthy: 2 })] }),
    'human',
    11,
    'eviction-budgets',
    'PodDisruptionBudget/web in shop is spent (2 healthy, 2 wanted) and 1 pod of it has to go: the drain waits until more are healthy.',
  ],
  [
    'a budget whose status allows fewer than its numbers leave',
    drain,
    housing([covered('web-0')], 30, { budgets: [budget({ allowed: 0 })] }),
    'human',
    11,
    'eviction-budgets',
    'PodDisruptionBudget/web in shop is spent (3 healthy, 2 wanted) and 1 pod of it has to go: the drain waits until more are healthy.',
  ],
  [
    'a budget that its controller has not looked at',
    drain,
    housing([covered('web-0')], 30, { budgets: [budget({ stuck: { why: 'not looked at' } })] }),
    'human',
    11,
    'eviction-budgets',
    'PodDisruptionBudget/web in shop allows no eviction: its controller has not looked at it since it was changed. The drain waits for that.',
  ],
  [
    'a budget that cannot be worked out and that nobody asks',
    evicting,
    housing([covered('web-0')], 30, {
      budgets: [budget({ stuck: { why: 'sync failed', message: 'no scale subresource' } })],
    }),
    'dual',
    51,
    'eviction-budgets',
    'PodDisruptionBudget/web in shop allows no eviction: its controller cannot work it out (SyncFailed: no scale subresource). The taint takes 1 away at once and does not ask it.',
  ],
  [
    'a budget that nobody asks',
    evicting,
    housing([covered('web-0'), covered('web-1')], 30, { budgets: [budget()] }),
    'dual',
    51,
    'eviction-budgets',
    'PodDisruptionBudget/web in shop allows 1 pod fewer (3 healthy, 2 wanted); the taint takes 2 away at once and does not ask it.',
  ],
  [
    'a NoExecute taint under a sole workload is worse than a drain',
    evicting,
    housing(pair, 2),
    'dual',
    70,
    'sole-workloads',
    '1 workload has no ready pod left until another is ready elsewhere: Deployment/web in shop.',
  ],
  [
    'a pod that has no other place',
    drain,
    housing([nodePod('big-0', { noPlace: 'no other node has room for 8000m CPU and 1024Mi memory' })]),
    'dual',
    62,
    'no-place',
    '1 pod would find no place on another node: Pod/big-0 in shop (no other node has room for 8000m CPU and 1024Mi memory).',
  ],
  [
    'a pod that asks not to be moved',
    drain,
    housing([nodePod('web-0', { veto: 'karpenter.sh/do-not-disrupt=true' })]),
    'dual',
    51,
    'moving-vetoes',
    'Pod/web-0 in shop asks not to be moved (karpenter.sh/do-not-disrupt=true).',
  ],
  [
    'a pod that would rather stay',
    drain,
    housing([nodePod('web-0', { veto: 'descheduler.alpha.kubernetes.io/prefer-no-eviction=true' })], 100),
    'human',
    11,
    'moving-vetoes',
    'Pod/web-0 in shop asks not to be moved (descheduler.alpha.kubernetes.io/prefer-no-eviction=true).',
  ],
  [
    'scratch data',
    reckless,
    housing([scratch], 100),
    'human',
    24,
    'lost-with-pods',
    'What is in the emptyDir volumes of Pod/cache-0 in shop is deleted.',
  ],
  [
    'volumes',
    drain,
    housing([nodePod('db-0', { owner: 'StatefulSet/db', traits: ['claim'] })], 100, { zone: 'a' }),
    'human',
    39,
    'lost-with-pods',
    'The volumes of Pod/db-0 in shop are detached and attached elsewhere; one that is local to the node or to its zone is not. The node is in the zone a.',
  ],
  [
    'a pod that nothing brings back',
    reckless,
    housing([bare]),
    'dual',
    62,
    'lost-with-pods',
    'Nothing brings Pod/lonely in shop back: no controller is behind it.',
  ],
  [
    'pods of production',
    drain,
    housing([nodePod('web-0', { namespace: 'prod' })], 100),
    'human',
    11,
    'environment',
    'Pods of prod have to go, and nothing in production changes without a person.',
  ],
  [
    'a control plane node',
    drain,
    housing([web], 100, { controlPlane: true }),
    'dual',
    69,
    'control-plane',
    'Node/worker-1 runs the control plane of the cluster.',
  ],
  [
    'a taint that keeps new pods away, like a cordon',
    closing,
    node(),
    'auto',
    8,
    'spare-capacity',
    '5 other nodes can still take pods; the 10 pods on this one stay.',
  ],
  [
    'what users see',
    drain,
    {
      ...housing(pair, 100),
      neighbourhood: dependents({
        services: [{ name: 'web in shop', exposed: 'LoadBalancer', ready: 4, own: 2 }],
      }),
    },
    'human',
    16,
    'user-facing',
    'Users outside see it: 1 entry point (Service/web in shop) with fewer endpoints behind.',
  ],
  [
    'budgets that could not be read',
    drain,
    node({}, { unknown: [{ fact: 'pod disruption budgets', reason: 'forbidden' }] }),
    'dual',
    51,
    'unknown-facts',
    'Not known: pod disruption budgets (forbidden).',
  ],
  [
    'a node that is known to be off',
    taintNode({ add: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] }),
    housing([web], 100, { ready: false }),
    'dual',
    51,
    'taint-possible',
    'node.kubernetes.io/out-of-service deletes the pods of Node/worker-1 by force and detaches their volumes: it must be known to be off.',
  ],
];

describe('the tier of a drain or a taint', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, rule, sentence) => {
    const spec = judge(action, facts);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
    const said = spec.lineItems.filter((item) => item.rule === rule && item.counted);
    expect(said.map((item) => item.sentence)).toContain(sentence);
  });

  it('a cordon reads nothing of who lives there', () => {
    const facts = housing([bare, dns, scratch]);
    expect(judge(cordonNode, facts)).toMatchObject({ tier: 'auto' });
  });
});

describe('the rollback', () => {
  const ways: [string, Action, Facts, string, string][] = [
    [
      'of a drain',
      drain,
      housing(pair),
      'kubectl uncordon worker-1',
      'Uncordon Node/worker-1. The evicted pods do not come back to it; new ones may.',
    ],
    [
      'of a new taint',
      closing,
      node(),
      'kubectl taint node worker-1 dedicated:NoSchedule-',
      'On Node/worker-1 remove dedicated:NoSchedule.',
    ],
    [
      'of another value',
      { ...closing, overwrite: true },
      node({ taints: [{ ...dedicated, value: 'old' }] }),
      'kubectl taint node worker-1 dedicated=old:NoSchedule --overwrite',
      'On Node/worker-1 put back dedicated=old:NoSchedule.',
    ],
    [
      'of a removal of all effects',
      taintNode({ remove: [{ key: 'a' }] }),
      node({
        taints: [
          { key: 'a', value: '1', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoExecute' },
          dedicated,
        ],
      }),
      'kubectl taint node worker-1 a:NoExecute a=1:NoSchedule',
      'On Node/worker-1 put back a:NoExecute, a=1:NoSchedule.',
    ],
    [
      'of a taint that drove pods away',
      evicting,
      housing(pair),
      'kubectl taint node worker-1 broken:NoExecute-',
      'On Node/worker-1 remove broken:NoExecute. Pods that had to go do not come back.',
    ],
  ];
  it.each(ways)('%s', (_name, action, facts, command, sentence) => {
    const { rollbackPlan } = judge(action, facts);
    if (rollbackPlan.kind !== 'action') throw new Error(rollbackPlan.sentence);
    expect(printAction(rollbackPlan.action)).toBe(command);
    expect(rollbackPlan.sentence).toBe(sentence);
  });

  it('there is none for a node that was cordoned before', () => {
    const { rollbackPlan } = judge(drain, housing(pair, 10, { unschedulable: true }));
    expect(rollbackPlan).toEqual({
      kind: 'none',
      sentence: 'Node/worker-1 was cordoned before and stays so; evicted pods do not come back to it.',
    });
  });
});

describe('an approval', () => {
  const binding = (action: Action, facts: Facts) => bindingOf(judge(action, facts), facts);
  it('of a drain does not bind to the pods that come and go', () => {
    expect(binding(drain, housing(pair))).toEqual(binding(drain, housing([web])));
  });
  it('of a taint binds to the taints that people set', () => {
    const before = node({ taints: [dedicated] });
    const memory = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };
    expect(binding(evicting, node({ taints: [dedicated, memory] }))).toEqual(binding(evicting, before));
    expect(binding(evicting, node())).not.toEqual(binding(evicting, before));
  });
});

describe('what would have made it milder', () => {
  const textOf = (action: Action, facts: Facts): string => {
    const spec = judge(action, facts);
    return counterfactualText(counterfactuals(spec, { action, facts, policy: defaultPolicy }));
  };
  const full = { noPlace: 'no other node has room for 8000m CPU and 1024Mi memory' };
  it.each([
    [
      'a sole workload',
      drain,
      housing(pair, 2),
      'Would be human if: 1 ready replica of Deployment/web in shop on other nodes.',
    ],
    [
      'no place',
      drain,
      housing([nodePod('web-0', full)]),
      'Would be human if: a place for the pod on another node.',
    ],
    [
      'a budget that is never to be met',
      drain,
      housing([covered('web-0')], 3, { budgets: [budget({ desired: 3 })] }),
      'Would be human if: PodDisruptionBudget/web in shop allowing 1 instead of 0.',
    ],
    [
      'the last node',
      drain,
      node({ otherSchedulableNodes: 0 }),
      'Would be human if: 1 other node that takes pods instead of 0.',
    ],
  ] as const)('%s', (_name, action, facts, text) => {
    expect(textOf(action, facts)).toBe(text);
  });
});
