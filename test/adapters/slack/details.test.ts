import { expect, test } from 'vitest';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { modalFaultsOf } from '../../../src/adapters/slack/limits.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { dependents, deploymentFacts, podFact } from '../../fixtures/facts.ts';
import { allText } from './hostile.ts';
import { remediationIn } from './remediations.ts';

const together = { pods: 3, nodes: 1, zones: 1, ofNodes: 3, ofZones: 2 };
const blind = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' };
const able = { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' };
const hour = { reason: 'FailedScheduling', count: 4, last: '2026-03-01T11:56:30.000Z' };

/** name, facts, the line that tells of them (`-` where there must be none that begins so). */
const cases: [string, Facts, string][] = [
  [
    'a manager that has only written fields',
    deploymentFacts({}, { gitOps: { manager: 'terraform', name: 'Terraform', sign: 'managedFields' } }),
    '• Terraform has written fields of it as Terraform: it may undo the change',
  ],
  [
    'an operator',
    deploymentFacts({}, { owner: { apiVersion: 'example.com/v1', kind: 'PostgresCluster', name: 'main' } }),
    '• Controlled by PostgresCluster/main (example.com/v1)',
  ],
  [
    'an autoscaler that cannot see',
    deploymentFacts(
      {},
      { autoscaler: { name: 'web', min: 1, max: 6, current: 3, desired: 4, conditions: [able, blind] } },
    ),
    '• Autoscaler web: 1 to 6 replicas, has 3, wants 4, ScalingActive False (FailedGetResourceMetric)',
  ],
  [
    'an autoscaler of an older row',
    deploymentFacts({}, { autoscaler: { name: 'web', min: 1, max: 6 } }),
    '• Autoscaler web: 1 to 6 replicas\n',
  ],
  [
    'KEDA, paused',
    deploymentFacts({}, { scaledObject: { name: 'web', paused: true, pausedReplicas: 2 } }),
    '• ScaledObject/web, paused at 2 replicas',
  ],
  [
    'a vertical autoscaler',
    deploymentFacts({}, { verticalAutoscaler: { name: 'web', mode: 'Auto' } }),
    '• VerticalPodAutoscaler/web: Auto',
  ],
  ['no probe', deploymentFacts({ unproven: ['web', 'proxy'] }), '• Without a readinessProbe: web, proxy'],
  [
    'why containers wait and how they ended',
    deploymentFacts({ pods: [podFact('web-0', { waiting: 'CrashLoopBackOff', terminated: 'OOMKilled' })] }),
    '• Containers: CrashLoopBackOff, OOMKilled',
  ],
  [
    'warnings',
    deploymentFacts({}, { warnings: [hour] }),
    '• Warnings of the last hour: FailedScheduling (4, last at 2026-03-01 11:56 UTC)',
  ],
  [
    'all on one node',
    deploymentFacts({}, { neighbourhood: dependents({ spread: together }) }),
    '• All 3 ready pods run on one node of 3',
  ],
  [
    'all in one zone',
    deploymentFacts({}, { neighbourhood: dependents({ spread: { ...together, nodes: 2 } }) }),
    '• All 3 ready pods run in one zone of 2',
  ],
  [
    'a name once, though it leads to two Services',
    deploymentFacts(
      {},
      {
        neighbourhood: dependents({
          hosts: ['web', 'web-private'].map((service) => ({
            host: 'shop.example',
            service,
            source: 'Route/web',
          })),
        }),
      },
    ),
    '• Reached from outside as shop.example\n',
  ],
];

const factsIn = (facts: Facts): string => {
  const view = detailsModal({ remediation: remediationIn('waiting', { facts }), approvals: [] });
  expect(modalFaultsOf(view)).toEqual([]);
  return allText(view);
};

test.each(cases)('the details tell of %s', (_name, facts, line) => {
  expect(factsIn(facts)).toContain(line);
});

test('the details do not tell of pods that are apart, or of a single one', () => {
  for (const spread of [
    { ...together, nodes: 2, zones: 2 },
    { ...together, pods: 1 },
    { ...together, ofNodes: 1, ofZones: 1 },
  ])
    expect(factsIn(deploymentFacts({}, { neighbourhood: dependents({ spread }) }))).not.toContain(
      'ready pods run',
    );
});
