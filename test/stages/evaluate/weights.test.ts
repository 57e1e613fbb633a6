import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Weights } from '../../../src/domain/policy/weights.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { isStricter } from '../../../src/domain/tier.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import {
  cronJobFacts,
  deleteJob,
  jobFacts,
  runCronJob,
  suspendCronJob,
  suspendJob,
} from '../../fixtures/batch.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  nodeFacts,
  nodePod,
  noon,
  pauseIn,
  podFacts,
  restartOf,
  scaleTo,
  specId,
  statefulSetFacts,
  uncordonNode,
} from '../../fixtures/facts.ts';
import { deploymentFields } from '../../fixtures/field-cases.ts';
import { autoscalerFacts, fieldsWith, patchOf } from '../../fixtures/fields.ts';
import { bare, drain, housing, reckless, scratch } from '../../fixtures/nodes.ts';

const usual = defaultPolicy.weights;

/** The same weights with one of them set, by its path such as `availability.outage`. */
function withWeight(path: string, value: number): Weights {
  const [group = '', key = ''] = path.split('.');
  const set = (name: keyof Weights) => (name === group ? { [key]: value } : {});
  return {
    availability: { ...usual.availability, ...set('availability') },
    data: { ...usual.data, ...set('data') },
    controlPlane: { ...usual.controlPlane, ...set('controlPlane') },
    irreversibility: { ...usual.irreversibility, ...set('irreversibility') },
    breadth: { ...usual.breadth, ...set('breadth') },
    windows: { ...usual.windows, ...set('windows') },
  };
}

const judge = (action: Action, facts: Facts, weights: Weights): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy: { ...defaultPolicy, weights } });

const one = { name: 'web', ready: 1, own: 1 };
const webhook = (failurePolicy: 'Fail' | 'Ignore') => ({
  services: [{ ...one, ready: 3, own: 3 }],
  dependencies: [{ source: 'ValidatingWebhookConfiguration/policy', service: 'web', failurePolicy }],
});
const api = { source: 'APIService/v1.metrics', service: 'web', failurePolicy: 'Fail' } as const;
const recreate = { strategy: { type: 'Recreate' } } as const;
const reduced = { retention: { whenScaled: 'Delete', whenDeleted: 'Retain' } } as const;
const sole = { kind: 'Deployment', namespace: 'shop', name: 'web', pods: 1 };
const change = { manager: 'kubectl-edit', field: 'spec.template', at: '2026-03-01T11:45:00Z' };
const web = { kind: 'ReplicaSet', name: 'web-c' };

const deployment = (
  overrides: Parameters<typeof dependents>[0],
  parts: Parameters<typeof deploymentFacts>[0] = {},
) => deploymentFacts(parts, { neighbourhood: dependents(overrides) });
const statefulSet = (overrides: Parameters<typeof dependents>[0]) =>
  statefulSetFacts({}, { neighbourhood: dependents(overrides) });

/** weight, action, facts, the rule that reads it, its points by default, another weight, its points then. */
type Case = [string, Action, Facts, string, number | undefined, number, number];

const cases: Case[] = [
  ['availability.outage', restartOf(), deploymentFacts(recreate), 'ready-pods', 40, 60, 60],
  ['availability.allButOutage', scaleTo(2), deploymentFacts(), 'ready-pods', 8, 39, 13],
  ['availability.alreadyDown', restartOf(), deploymentFacts({ ready: 0 }), 'ready-pods', 2, 30, 30],
  ['availability.othersUnknown', deletePodIn(), podFacts({ controller: web }), 'ready-pods', 40, 45, 45],
  [
    'availability.serviceOutage',
    restartOf(),
    deployment({ services: [one] }, recreate),
    'service-endpoints',
    45,
    50,
    50,
  ],
  ['availability.singleReplica', restartOf(), deploymentFacts({ desired: 1 }), 'single-replica', 20, 30, 30],
  [
    'availability.leader',
    deletePodIn(),
    podFacts({}, { neighbourhood: dependents({ leases: [{ name: 'web', pod: 'web-0' }] }) }),
    'lease-holder',
    15,
    30,
    30,
  ],
  ['availability.growthPerDoubling', scaleTo(12), deploymentFacts(), 'growth', 8, 10, 20],
  ['availability.lastNode', cordonNode, nodeFacts(), 'spare-capacity', 10, 60, 20],
  ['availability.nodeNotReady', cordonNode, nodeFacts({ ready: false }), 'spare-capacity', 2, 30, 30],
  [
    'availability.noPlace',
    drain,
    housing([nodePod('big-0', { noPlace: 'no room' })]),
    'no-place',
    40,
    60,
    60,
  ],
  ['availability.runsStop', suspendCronJob(), cronJobFacts(), 'runs-stop', 8, 20, 20],
  [
    'availability.misrouted',
    runCronJob(),
    { ...cronJobFacts(), neighbourhood: dependents({ services: [one] }) },
    'selected-by-service',
    20,
    30,
    30,
  ],
  [
    'availability.laterUpdates',
    patchOf('Deployment', { 'spec.progressDeadlineSeconds': 900 }),
    deploymentFacts({}, fieldsWith(deploymentFields)),
    'patch-effect',
    2,
    30,
    30,
  ],
  [
    'data.identity',
    restartOf('StatefulSet'),
    statefulSetFacts({ claimTemplates: 0 }),
    'stored-data',
    15,
    24,
    24,
  ],
  [
    'data.hostFiles',
    drain,
    housing([nodePod('log-0', { traits: ['hostPath'] })], 100),
    'lost-with-pods',
    10,
    30,
    30,
  ],
  ['data.emptyDir', reckless, housing([scratch], 100), 'lost-with-pods', 15, 30, 30],
  ['data.lostWork', suspendJob(), jobFacts(), 'lost-work', 15, 30, 30],
  ['data.lostJob', deleteJob(), jobFacts(), 'lost-work', 25, 30, 30],
  ['data.volumes', restartOf('StatefulSet'), statefulSetFacts(), 'stored-data', 25, 30, 30],
  ['data.deletedClaims', scaleTo(1, 'StatefulSet'), statefulSet(reduced), 'deleted-claims', 60, 70, 70],
  [
    'controlPlane.apiGone',
    restartOf(),
    deployment({ services: [one], dependencies: [api] }, recreate),
    'served-by-pods',
    60,
    70,
    70,
  ],
  ['controlPlane.askedByApiServer', restartOf(), deployment(webhook('Fail')), 'served-by-pods', 30, 35, 35],
  ['controlPlane.skippableWebhook', restartOf(), deployment(webhook('Ignore')), 'served-by-pods', 12, 20, 20],
  [
    'controlPlane.systemPriority',
    restartOf(),
    deployment({ priorityClass: 'system-node-critical' }),
    'system-priority',
    35,
    36,
    36,
  ],
  ['controlPlane.cordon', cordonNode, nodeFacts({ controlPlane: true }), 'control-plane', 45, 60, 60],
  [
    'controlPlane.uncordon',
    uncordonNode,
    nodeFacts({ controlPlane: true, unschedulable: true }),
    'control-plane',
    10,
    20,
    20,
  ],
  ['irreversibility.noWayBack', deletePodIn(), podFacts(), 'rollback', 6, 12, 12],
  ['irreversibility.wayBack', pauseIn(), deploymentFacts(), 'rollback', 2, 5, 5],
  ['irreversibility.barePods', reckless, housing([bare]), 'lost-with-pods', 40, 60, 60],
  ['breadth.podsPerDoubling', restartOf(), deploymentFacts(), 'affected-pods', 2, 3, 6],
  [
    'breadth.entryPointsPerDoubling',
    restartOf(),
    deployment({ services: [one], hosts: [{ host: 'a', service: 'web', source: 'Ingress/web' }] }, recreate),
    'user-facing',
    4,
    6.5,
    6.5,
  ],
  [
    'breadth.soleWorkloadsPerDoubling',
    cordonNode,
    nodeFacts({}, { neighbourhood: dependents({ soleWorkloads: [sole] }) }),
    'sole-workloads',
    2,
    5,
    5,
  ],
  [
    'breadth.verticalAutoscaler',
    restartOf(),
    deploymentFacts({}, { verticalAutoscaler: { name: 'web', mode: 'Auto' } }),
    'autoscaler',
    1,
    3,
    3,
  ],
  [
    'windows.recentChangeMinutes',
    restartOf(),
    deployment({ lastChange: change }),
    'recent-change',
    undefined,
    16,
    11,
  ],
  [
    'windows.failingStartsMinutes',
    restartOf(),
    deploymentFacts(
      {},
      { warnings: [{ reason: 'FailedScheduling', count: 1, last: '2026-03-01T11:45:00Z' }] },
    ),
    'failing-starts',
    undefined,
    16,
    11,
  ],
];

const byPath: ReadonlyMap<string, number> = new Map(
  Object.entries(usual).flatMap(([group, weights]) =>
    Object.entries(weights).map(([key, value]) => [`${group}.${key}`, value]),
  ),
);

describe('weights', () => {
  it.each(cases)('%s changes its line and the score', (path, action, facts, rule, points, value, then) => {
    const [before, now] = [judge(action, facts, usual), judge(action, facts, withWeight(path, value))];
    const of = (spec: DeclarativeSpec) => spec.lineItems.find((item) => item.rule === rule)?.points;
    expect([of(before), of(now)]).toEqual([points, then]);
    expect(now.score).toBeGreaterThan(before.score);
  });

  it('each has its case above', () => {
    expect(cases.map(([path]) => path)).toEqual([...byPath.keys()]);
  });

  it('the limit of an autoscaler that takes replicas away counts like the scale to it', () => {
    const limit = patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 2 });
    const of = (spec: DeclarativeSpec, rule: string) =>
      spec.lineItems.find((item) => item.rule === rule)?.points;
    for (const weights of [usual, withWeight('availability.allButOutage', 36)]) {
      const [patched, scaled] = [
        judge(limit, autoscalerFacts({ current: 3 }), weights),
        judge(scaleTo(2), deploymentFacts(), weights),
      ];
      expect(of(patched, 'fewer-replicas')).toBe(weights.availability.allButOutage / 3);
      expect(of(patched, 'fewer-replicas')).toBe(of(scaled, 'ready-pods'));
    }
  });

  it('raising one never lowers a tier', () => {
    const raised = fc.constantFrom(...byPath);
    fc.assert(
      fc.property(situations, raised, fc.integer({ min: 1, max: 99 }), (situation, [path, value], more) => {
        const { action, facts } = situation;
        const heavier = withWeight(path, value + more);
        const [before, after] = [judge(action, facts, usual), judge(action, facts, heavier)];
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        expect(isStricter(before.tier, after.tier)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('are what a counterfactual is judged by', () => {
    const policy = { ...defaultPolicy, weights: withWeight('availability.singleReplica', 51) };
    const [action, facts] = [restartOf(), deploymentFacts({ desired: 1 })];
    const spec = evaluate({ id: specId, now: noon, action, facts, policy });
    expect(spec.tier).toBe('dual');
    expect(counterfactualText(counterfactuals(spec, { action, facts, policy }))).toBe(
      'Would be auto if: 2 ready replicas instead of 1.',
    );
  });
});
