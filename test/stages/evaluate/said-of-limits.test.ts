import { expect, it } from 'vitest';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { cronJobFacts, deleteJob, jobFacts, runCronJob, suspendJob } from '../../fixtures/batch.ts';
import {
  cordonNode,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  nodePod,
  podFact,
  restartOf,
  scaleTo,
  statefulSetFacts,
  uncordonNode,
} from '../../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../../fixtures/fields.ts';
import { budget, covered, evicting, housing, pair, web } from '../../fixtures/nodes.ts';
import { beside, drained, type Given, type Said, said } from '../../fixtures/said.ts';

/* Where a rule begins to say something, and where it says nothing. */

const restarted: Given = { action: restartOf(), facts: deploymentFacts() };
const scaled = (to: number, desired: number): Given => ({
  action: scaleTo(to),
  facts: deploymentFacts({ desired }),
});
const run: Given = { action: runCronJob(), facts: cronJobFacts() };
const cordoned: Given = { action: cordonNode, facts: nodeFacts() };
const needed = { source: 'APIService/x', service: 'web', failurePolicy: 'Fail' } as const;
const spent = { name: 'web', healthy: 2, desired: 2, allowed: 0 };
const api = (name: string, more: object = {}) => nodePod(name, { owner: 'Deployment/api', ...more });
const sized = (ready: Record<string, number>, facts: Facts): Facts =>
  facts.subject.kind === 'node'
    ? {
        ...facts,
        subject: {
          ...facts.subject,
          owners: Object.entries(ready).map(([owner, count]) => ({ namespace: 'shop', owner, ready: count })),
        },
      }
    : facts;
const job = (more: Parameters<typeof jobFacts>[0]): Given => ({ action: deleteJob(), facts: jobFacts(more) });
const claims = { retention: { whenScaled: 'Delete', whenDeleted: 'Retain' } } satisfies Partial<Dependents>;
const inside = (name: string, given: Given, policy: object): Given => ({
  action: restartOf('Deployment', name),
  facts: inNamespace(name, given.facts),
  policy,
});
const environments = (factor: number, more: object = {}) => ({
  environments: { live: { match: { names: ['shop'] }, factor, ...more } },
});
const { namespace: _namespace, ...nowhere } = deploymentFacts();

const rows: readonly Said[] = [
  ['a run beside a leader', 'lease-holder', beside(run, { leases: [{ name: 'main', pod: 'web-0' }] }), []],
  ['a run beside what the API server asks', 'served-by-pods', beside(run, { dependencies: [needed] }), []],
  ['a run of critical pods', 'system-priority', beside(run, { priorityClass: 'system-node-critical' }), []],
  ['a run under a budget that is spent', 'disruption-budget', beside(run, { budgets: [spent] }), []],
  [
    'a restart under a budget that is spent',
    'disruption-budget',
    beside(restarted, { budgets: [spent] }),
    [
      'floor 11: PodDisruptionBudget/web is spent (2 healthy, 2 wanted), and this action does not ask it. [PodDisruptionBudget/web]',
    ],
  ],
  [
    'a restart under a budget that allows one',
    'disruption-budget',
    beside(restarted, { budgets: [{ ...spent, healthy: 3, allowed: 1 }] }),
    [],
  ],
  [
    'two budgets',
    'disruption-budget',
    beside(restarted, {
      budgets: [
        { ...spent, healthy: 3, allowed: 1 },
        { ...spent, name: 'all', healthy: 3, allowed: 1 },
      ],
    }),
    [
      'floor 11: PodDisruptionBudget/web and PodDisruptionBudget/all cover the same pods: the API server refuses to evict them. [PodDisruptionBudget/web and PodDisruptionBudget/all]',
    ],
  ],
  [
    'fewer than a budget allows',
    'disruption-budget',
    beside(scaled(1, 3), { budgets: [{ ...spent, healthy: 3, allowed: 1 }] }),
    [
      'floor 11: PodDisruptionBudget/web allows 1 fewer (3 healthy, 2 wanted); at the worst moment there are 2 fewer. [PodDisruptionBudget/web]',
    ],
  ],
  [
    'just as many as a budget allows',
    'disruption-budget',
    beside(scaled(2, 3), { budgets: [{ ...spent, healthy: 3, allowed: 1 }] }),
    [],
  ],
  [
    'a lower limit of pods that goes up',
    'fewer-replicas',
    {
      action: patchOf('HorizontalPodAutoscaler', { 'spec.minReplicas': 5 }),
      facts: autoscalerFacts({ min: 1, max: 10, current: 3, desired: 3 }),
    },
    [],
  ],
  ['a restart that loses nothing', 'ready-pods', restarted, []],
  ['one of more replicas', 'single-replica', scaled(2, 1), []],
  [
    'a node that takes pods again',
    'sole-workloads',
    beside(
      { action: uncordonNode, facts: nodeFacts({ unschedulable: true }) },
      { soleWorkloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', pods: 2 }] },
    ),
    [],
  ],
  ['pods that are not ready', 'sole-workloads', drained(housing([{ ...web, ready: false }], 3)), []],
  [
    'the one that loses most',
    'sole-workloads',
    drained(sized({ 'Deployment/api': 4, 'Deployment/web': 3 }, housing([web, api('api-0')]))),
    [
      'availability 8: Deployment/web in shop has 2 of 3 ready pods left at the worst moment. [Pods: spec.nodeName]',
    ],
  ],
  [
    'the same share: the first by name',
    'sole-workloads',
    drained(sized({ 'Deployment/web': 4, 'Deployment/api': 4 }, housing([web, api('api-0')]))),
    [
      'availability 6: Deployment/api in shop has 3 of 4 ready pods left at the worst moment. [Pods: spec.nodeName]',
    ],
  ],
  [
    'many of many, and few of few',
    'sole-workloads',
    drained(sized({ 'Deployment/api': 20, 'Deployment/web': 3 }, housing([web, api('api-0'), api('api-1')]))),
    [
      'availability 8: Deployment/web in shop has 2 of 3 ready pods left at the worst moment. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a taint, which asks no budget',
    'sole-workloads',
    {
      action: evicting,
      facts: housing([covered('web-0'), covered('web-1')], 2, {
        budgets: [budget({ healthy: 2, desired: 1, expected: 2 })],
      }),
    },
    [
      'availability 45: 1 workload has no ready pod left until another is ready elsewhere: Deployment/web in shop. [Pods: spec.nodeName]',
    ],
  ],
  [
    'more of a set that deletes its claims',
    'deleted-claims',
    beside({ action: scaleTo(4, 'StatefulSet'), facts: statefulSetFacts() }, claims),
    [],
  ],
  [
    'two pods of a Job',
    'lost-work',
    { action: suspendJob(), facts: jobFacts({ active: 2, parallelism: 2 }) },
    [
      'data 15: 2 running pods are stopped: what they have not saved is lost and done again on resuming. [Job/import in shop: status.active]',
    ],
  ],
  [
    'a Job without an end',
    'lost-work',
    job({ active: 2, parallelism: 2, completions: undefined, succeeded: 3 }),
    [
      'data 25: 2 running pods are stopped and not started again: the Job ends half done (3 completed). [Job/import in shop: status.active]',
    ],
  ],
  [
    'the factor of the worst environment',
    'environment',
    {
      ...cordoned,
      policy: {
        environments: {
          live: { match: { names: ['x'] }, factor: 3 },
          test: { match: { names: ['y'] }, factor: 1 },
        },
      },
    },
    [
      'environment 3: Node/worker-1 may serve every namespace, production ones too: the sum counts 3 times. [Node/worker-1: kind]',
    ],
  ],
  [
    'a drain of production and other pods',
    'environment',
    drained(housing([web, nodePod('x', { namespace: 'production' })])),
    [
      'environment 1.5: Node/worker-1 may serve every namespace, production ones too: the sum counts 1.5 times. [Node/worker-1: kind]',
      'floor 11: Pods of production have to go, and nothing in production changes without a person. [Node/worker-1: pods]',
    ],
  ],
  [
    'a drain of other pods',
    'environment',
    drained(housing(pair)),
    [
      'environment 1.5: Node/worker-1 may serve every namespace, production ones too: the sum counts 1.5 times. [Node/worker-1: kind]',
    ],
  ],
  [
    'a drain of pods of a productive environment',
    'environment',
    {
      ...drained(housing([web, nodePod('x', { namespace: 'bank' })])),
      policy: environments(1, { production: true }),
    },
    [
      'environment 1.5: Node/worker-1 may serve every namespace, production ones too: the sum counts 1.5 times. [Node/worker-1: kind]',
      'floor 11: Pods of shop have to go, and nothing in production changes without a person. [Node/worker-1: pods]',
    ],
  ],
  [
    'a drain of pods of an environment that is none',
    'environment',
    { ...drained(housing([web])), policy: environments(2) },
    [
      'environment 2: Node/worker-1 may serve every namespace, production ones too: the sum counts 2 times. [Node/worker-1: kind]',
    ],
  ],
  [
    'a factor',
    'environment',
    { ...restarted, policy: environments(2) },
    [
      'environment 2: It is in the environment live: the sum counts 2 times. [policy.yaml: environments.live.factor]',
    ],
  ],
  ['a factor of one', 'environment', { ...restarted, policy: environments(1) }, []],
  [
    'production',
    'environment',
    inside('production', restarted, {}),
    [
      'environment 1.5: production is a production namespace: the sum counts 1.5 times. [policy: namespaces.production]',
      'floor 11: Nothing in the production namespace production changes without a person. [policy: namespaces.production]',
    ],
  ],
  ['facts without a namespace', 'known-subject', { action: restartOf(), facts: nowhere }, []],
  [
    'facts of another namespace',
    'known-subject',
    { action: restartOf(), facts: inNamespace('bank', deploymentFacts()) },
    ['block 100: The facts of Deployment/web in shop are from the namespace bank. [facts]'],
  ],
  [
    'a namespace that the policy protects',
    'protected-namespace',
    inside('bank', restarted, { namespaces: { protected: ['bank'] } }),
    ['block 100: The namespace bank is protected. [policy: namespaces.protected]'],
  ],
  [
    'a namespace of the cluster',
    'protected-namespace',
    inside('kube-system', restarted, {}),
    ['block 100: The namespace kube-system is protected. [built in: protected namespaces]'],
  ],
  ['another namespace', 'protected-namespace', restarted, []],
  [
    'nothing in production',
    'zero-in-production',
    { action: scaleTo(0, 'Deployment', 'production'), facts: inNamespace('production', deploymentFacts()) },
    [
      'block 100: Deployment/web is in the production namespace production and may not be scaled to zero. [policy: namespaces.production]',
    ],
  ],
  [
    'one in production',
    'zero-in-production',
    { action: scaleTo(1, 'Deployment', 'production'), facts: inNamespace('production', deploymentFacts()) },
    [],
  ],
  ['nothing elsewhere', 'zero-in-production', scaled(0, 3), []],
  [
    'what the policy switches off',
    'action-enabled',
    { ...restarted, policy: { actions: { disabled: ['rollout restart'] } } },
    ['block 100: The policy switches rollout restart off. [policy.yaml: actions.disabled]'],
  ],
  [
    'what an environment switches off',
    'action-enabled',
    { ...restarted, policy: environments(1, { actions: { disabled: ['rollout restart'] } }) },
    [
      'block 100: The policy switches rollout restart off in the environment live. [policy.yaml: environments.live.actions.disabled]',
    ],
  ],
  [
    'what is switched off elsewhere',
    'action-enabled',
    {
      ...restarted,
      policy: {
        environments: { live: { match: { names: ['bank'] }, actions: { disabled: ['rollout restart'] } } },
      },
    },
    [],
  ],
  [
    'pods of a protected namespace',
    'protected-pods',
    drained(
      housing([nodePod('a', { namespace: 'kube-system' }), nodePod('b', { namespace: 'istio-system' }), web]),
    ),
    [
      'block 100: Pod/a in kube-system would be evicted, and kube-system is protected (namespaces.unprotected of the policy can allow it). [policy: namespaces]',
    ],
  ],
  [
    'a change that is held',
    'recent-change',
    beside(
      {
        action: { verb: 'rollout pause', target: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
        facts: deploymentFacts(),
      },
      { lastChange: { manager: 'kubectl', field: 'spec.template', at: '2026-03-01T11:59:00.000Z' } },
    ),
    [],
  ],
  [
    'a change that is let go',
    'recent-change',
    beside(
      {
        action: { verb: 'rollout resume', target: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
        facts: deploymentFacts({ paused: true }),
      },
      { lastChange: { manager: 'kubectl', field: 'spec.template', at: '2026-03-01T11:59:00.000Z' } },
    ),
    [],
  ],
  [
    'a Deployment with data on a silent node',
    'unready-node',
    beside(
      {
        action: scaleTo(1),
        facts: deploymentFacts(
          {},
          {
            places: {
              tried: 0,
              placed: 0,
              silent: [{ node: { name: 'n', reported: true }, pods: ['web-2'] }],
            },
          },
        ),
      },
      { claims: ['data'] },
    ),
    [
      'floor 51: Node/n has said that it is not ready: nobody confirms that a pod has ended there. Pod/web-2 would stay Terminating until the node is back or its Node object is deleted. [Deployment/web in shop: pods: spec.nodeName]',
      'floor 51: The volumes of Pod/web-2 stay attached to Node/n until then. [Deployment/web in shop: pods: spec.nodeName]',
      'floor 51: Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on n ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one. [Deployment/web in shop: pods: spec.nodeName]',
    ],
  ],
  [
    'a pod that is not overdue',
    'stuck-pods',
    {
      action: restartOf(),
      facts: deploymentFacts({
        pods: [
          podFact('web-0', {
            termination: { since: '2026-03-01T11:59:00.000Z', due: '2026-03-01T12:00:00.000Z' },
          }),
        ],
      }),
    },
    [],
  ],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
