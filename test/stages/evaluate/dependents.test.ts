import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  nodeFacts,
  noon,
  pauseIn,
  podFacts,
  restartOf,
  scaleTo,
  specId,
  statefulSetFacts,
} from '../../fixtures/facts.ts';

type DependentsParts = Parameters<typeof dependents>[0];

const three = { name: 'web', ready: 3, own: 3 };
const one = { name: 'web', ready: 1, own: 1 };
const shop = { host: 'shop.example', service: 'web', source: 'Ingress/web' };
const recreate = { strategy: { type: 'Recreate' } } as const;
const webhook = {
  source: 'ValidatingWebhookConfiguration/policy',
  service: 'web',
  failurePolicy: 'Fail',
} as const;
const api = { source: 'APIService/v1beta1.metrics', service: 'web', failurePolicy: 'Fail' } as const;
const conversion = {
  source: 'CustomResourceDefinition/widgets.example',
  service: 'web',
  failurePolicy: 'Fail',
} as const;
const budget = { name: 'web', healthy: 3, desired: 3, allowed: 0 };
const lastChange = { manager: 'kubectl-edit', field: 'spec.template', at: '2026-03-01T11:56:30Z' };
const full = { name: 'team', resource: 'pods', used: '3', hard: '3', podsLeft: 0 };

const deployment = (overrides: DependentsParts, parts: Parameters<typeof deploymentFacts>[0] = {}): Facts =>
  deploymentFacts(parts, { neighbourhood: dependents(overrides) });
const restart = restartOf();

/** name, action, facts, tier, score, the rule's own sentence (`-` where it must say nothing). */
type Case = [string, Action, Facts, Tier, number, string, string];

const cases: Case[] = [
  [
    'a healthy restart behind an Ingress',
    restart,
    deployment({ services: [three], hosts: [shop] }),
    'auto',
    8,
    'user-facing',
    '-',
  ],
  [
    'Recreate behind a Service',
    restart,
    deployment({ services: [three] }, recreate),
    'human',
    47,
    'service-endpoints',
    'Service/web would have 0 of 3 ready endpoints left: its callers get errors.',
  ],
  [
    'Recreate behind a Service that others serve too',
    restart,
    deployment({ services: [{ ...three, ready: 5 }] }, recreate),
    'human',
    42,
    'service-endpoints',
    '-',
  ],
  [
    'Recreate behind an Ingress',
    restart,
    deployment({ services: [three], hosts: [shop] }, recreate),
    'dual',
    51,
    'user-facing',
    'Users outside see it: 1 entry point (shop.example) with fewer endpoints behind.',
  ],
  [
    'a load balancer and five hosts',
    restart,
    deployment(
      {
        services: [{ ...three, exposed: 'LoadBalancer' }],
        hosts: ['a', 'b', 'c', 'd', 'e'].map((host) => ({ ...shop, host })),
      },
      recreate,
    ),
    'dual',
    58,
    'user-facing',
    'Users outside see it: 6 entry points (Service/web, a, b and 3 more) with fewer endpoints behind.',
  ],
  [
    'the last ready endpoint behind a webhook',
    restart,
    deployment({ services: [one], dependencies: [webhook] }, { desired: 1, ...recreate }),
    'blocked',
    100,
    'served-by-pods',
    'The pods serve ValidatingWebhookConfiguration/policy (failurePolicy Fail): with 0 of 1 ready endpoint left, the API server refuses what it checks.',
  ],
  [
    'a webhook that keeps its endpoints',
    restart,
    deployment({ services: [three], dependencies: [webhook] }),
    'human',
    32,
    'served-by-pods',
    'The API server depends on these pods (ValidatingWebhookConfiguration/policy): 3 of 3 ready endpoints are left.',
  ],
  [
    'a webhook that is down already may be repaired',
    restart,
    deployment({ services: [{ ...three, ready: 0, own: 0 }], dependencies: [webhook] }, { ready: 0 }),
    'human',
    32,
    'served-by-pods',
    'The API server depends on these pods (ValidatingWebhookConfiguration/policy): no endpoint is ready now.',
  ],
  [
    'a webhook that may be skipped',
    restart,
    deployment({ services: [three], dependencies: [{ ...webhook, failurePolicy: 'Ignore' }] }, recreate),
    'human',
    47,
    'served-by-pods',
    'The pods serve ValidatingWebhookConfiguration/policy (failurePolicy Ignore): what it checks may go unchecked meanwhile.',
  ],
  [
    'an aggregated API that goes away',
    restart,
    deployment({ services: [three], dependencies: [api] }, recreate),
    'dual',
    62,
    'served-by-pods',
    'APIService/v1beta1.metrics would not be served by any pod.',
  ],
  [
    'the last ready endpoint behind a conversion webhook',
    restart,
    deployment({ services: [one], dependencies: [conversion] }, { desired: 1, ...recreate }),
    'blocked',
    100,
    'served-by-pods',
    'The pods convert CustomResourceDefinition/widgets.example: with 0 of 1 ready endpoint left, its objects cannot be read or written but in the version that is stored.',
  ],
  [
    'a conversion webhook that keeps its endpoints',
    restart,
    deployment({ services: [three], dependencies: [conversion] }),
    'human',
    32,
    'served-by-pods',
    'The API server depends on these pods (CustomResourceDefinition/widgets.example): 3 of 3 ready endpoints are left.',
  ],
  [
    'a budget that is spent',
    restart,
    deployment({ budgets: [budget] }),
    'human',
    11,
    'disruption-budget',
    'PodDisruptionBudget/web is spent (3 healthy, 3 wanted), and this action does not ask it.',
  ],
  [
    'a budget that its controller cannot work out',
    restart,
    deployment({
      budgets: [
        { ...budget, healthy: 0, desired: 0, stuck: { why: 'sync failed', message: 'no scale subresource' } },
      ],
    }),
    'human',
    11,
    'disruption-budget',
    'PodDisruptionBudget/web allows no eviction: its controller cannot work it out (SyncFailed: no scale subresource). This action does not ask it.',
  ],
  [
    'fewer than the budget allows',
    scaleTo(1),
    deployment({ budgets: [{ ...budget, desired: 2, allowed: 1 }] }),
    'human',
    18,
    'disruption-budget',
    'PodDisruptionBudget/web allows 1 fewer (3 healthy, 2 wanted); at the worst moment there are 2 fewer.',
  ],
  [
    'a budget with room',
    restart,
    deployment({ budgets: [{ ...budget, desired: 2, allowed: 1 }] }),
    'auto',
    8,
    'disruption-budget',
    '-',
  ],
  [
    'two budgets on a pod',
    restart,
    deployment({
      budgets: [
        { ...budget, name: 'a', allowed: 1 },
        { ...budget, name: 'b', allowed: 1 },
      ],
    }),
    'human',
    11,
    'disruption-budget',
    'PodDisruptionBudget/a and PodDisruptionBudget/b cover the same pods: the API server refuses to evict them.',
  ],
  [
    'claims that go with their pods',
    scaleTo(1, 'StatefulSet'),
    statefulSetFacts(
      {},
      { neighbourhood: dependents({ retention: { whenScaled: 'Delete', whenDeleted: 'Retain' } }) },
    ),
    'dual',
    62,
    'deleted-claims',
    'Scaling from 3 to 1 deletes 2 volume claims (whenScaled: Delete): scaling back does not bring the data back.',
  ],
  [
    'claims that stay',
    scaleTo(1, 'StatefulSet'),
    statefulSetFacts(
      {},
      { neighbourhood: dependents({ retention: { whenScaled: 'Retain', whenDeleted: 'Delete' } }) },
    ),
    'human',
    27,
    'deleted-claims',
    '-',
  ],
  [
    'a system priority',
    restart,
    deployment({ priorityClass: 'system-node-critical' }),
    'human',
    37,
    'system-priority',
    'The pods have the priority system-node-critical: its node depends on them.',
  ],
  [
    'a priority of the team',
    restart,
    deployment({ priorityClass: 'high' }),
    'auto',
    8,
    'system-priority',
    '-',
  ],
  [
    'a quota without room for the surge',
    restart,
    deployment({ quotas: [full] }),
    'human',
    11,
    'quota',
    'ResourceQuota/team has room for 0 more pods (pods: 3 of 3), 1 is needed.',
  ],
  [
    'a quota without room for two more',
    scaleTo(5),
    deployment({ quotas: [{ ...full, hard: '4', podsLeft: 1 }] }),
    'human',
    11,
    'quota',
    'ResourceQuota/team has room for 1 more pod (pods: 3 of 4), 2 are needed.',
  ],
  ['a full quota when scaling down', scaleTo(2), deployment({ quotas: [full] }), 'auto', 9, 'quota', '-'],
  [
    'the leader',
    deletePodIn(),
    podFacts({}, { neighbourhood: dependents({ leases: [{ name: 'web', pod: 'web-0' }] }) }),
    'human',
    16,
    'lease-holder',
    'Pod/web-0 holds Lease/web: when it goes, nobody leads until another takes over.',
  ],
  [
    'somebody else at work',
    restart,
    deployment({ lastChange }),
    'human',
    11,
    'recent-change',
    'kubectl-edit changed spec.template 3 min ago: somebody else is at work here.',
  ],
  [
    'somebody else, ten minutes ago',
    restart,
    deployment({ lastChange: { ...lastChange, at: '2026-03-01T11:50:00Z' } }),
    'auto',
    8,
    'recent-change',
    '-',
  ],
  [
    'somebody who gives a name like ours',
    restart,
    deployment({ lastChange: { ...lastChange, manager: 'firebreak/1' } }),
    'human',
    11,
    'recent-change',
    'firebreak/1 changed spec.template 3 min ago: somebody else is at work here.',
  ],
  ['a pause is for that', pauseIn(), deployment({ lastChange }), 'auto', 2, 'recent-change', '-'],
  [
    'a node that workloads have no other of',
    cordonNode,
    nodeFacts(
      {},
      {
        neighbourhood: dependents({
          soleWorkloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', pods: 1 }],
        }),
      },
    ),
    'human',
    18,
    'sole-workloads',
    '1 workload has all its ready pods on this node: Deployment/web in shop.',
  ],
  [
    'webhooks that may not be listed',
    restart,
    deploymentFacts({}, { unknown: [{ fact: 'validating webhooks', reason: 'forbidden' }] }),
    'dual',
    51,
    'unknown-facts',
    'Not known: validating webhooks (forbidden).',
  ],
];

describe('what depends on a target and what holds it', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, rule, sentence) => {
    const spec = evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });
    const said = spec.lineItems.filter((item) => item.rule === rule).map((item) => item.sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
    expect(said).toEqual(sentence === '-' ? [] : [sentence]);
  });

  it('says nothing of rows that were judged before it was read', () => {
    const judge = (facts: Facts) =>
      evaluate({ id: specId, now: noon, action: restart, facts, policy: defaultPolicy });
    expect(judge(deployment({}))).toEqual(judge(deploymentFacts()));
  });
});
