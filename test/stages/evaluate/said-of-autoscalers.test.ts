import { expect, it } from 'vitest';
import type { Autoscaler } from '../../../src/domain/facts/autoscaler.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { deploymentFacts, restartOf, scaleTo } from '../../fixtures/facts.ts';
import { type Given, type Said, said } from '../../fixtures/said.ts';

const restarted = (
  rest: Partial<Facts> = {},
  workload: Parameters<typeof deploymentFacts>[0] = {},
): Given => ({
  action: restartOf(),
  facts: deploymentFacts(workload, rest),
});
const scaled = (to: number, rest: Partial<Facts> = {}, desired = 3): Given => ({
  action: scaleTo(to),
  facts: deploymentFacts({ desired }, rest),
});

const hpa = (more: Partial<Autoscaler> = {}): Partial<Facts> => ({
  autoscaler: { name: 'web', min: 2, max: 10, ...more },
});
const working: Autoscaler['conditions'] = [
  { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' },
  { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' },
  { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange' },
];
const condition = (type: string, status: string, reason: string): Autoscaler['conditions'] => [
  { type, status, reason },
];
const keda = (more: object = {}): Partial<Facts> => ({
  scaledObject: { name: 'web', paused: false, ...more },
});
const vpa = (mode: string): Partial<Facts> => ({ verticalAutoscaler: { name: 'web', mode } });

const rows: readonly Said[] = [
  [
    'scaled within the limits',
    'autoscaler',
    scaled(4, hpa({ conditions: working, desired: 4 })),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) may move 4 at its next look. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled away from what is wanted',
    'autoscaler',
    scaled(4, hpa({ desired: 5 })),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) wants 5 and may move 4 at its next look. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled to the least',
    'autoscaler',
    scaled(2, hpa()),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) may move 2 at its next look. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled below the least',
    'autoscaler',
    scaled(1, hpa()),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) will move 1 back within its limits in seconds. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled to the most',
    'autoscaler',
    scaled(10, hpa()),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) may move 10 at its next look. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled above the most',
    'autoscaler',
    scaled(11, hpa()),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) will move 11 back within its limits in seconds. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled to zero',
    'autoscaler',
    scaled(0, hpa()),
    [
      'floor 11: Scaling to zero switches HorizontalPodAutoscaler/web off until somebody scales up. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled while it cannot',
    'autoscaler',
    scaled(4, hpa({ conditions: condition('AbleToScale', 'False', 'FailedGetScale') })),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) cannot scale now (FailedGetScale): 4 stays until it can. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled while it sees nothing',
    'autoscaler',
    scaled(4, hpa({ conditions: condition('ScalingActive', 'False', 'FailedGetResourceMetric') })),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) has no metrics now (FailedGetResourceMetric): 4 stays until it has. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled while it is switched off',
    'autoscaler',
    scaled(4, hpa({ conditions: condition('ScalingActive', 'False', 'ScalingDisabled') })),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) may move 4 at its next look. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'restarted at the limit',
    'autoscaler',
    restarted(hpa({ max: 3 })),
    [
      'floor 11: Deployment/web is at the limit of its autoscaler (3 replicas): it may be under load. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'restarted at the limit under load',
    'autoscaler',
    restarted(hpa({ max: 1, conditions: condition('ScalingLimited', 'True', 'TooManyReplicas') }), {
      desired: 1,
    }),
    [
      'floor 11: Deployment/web is at the limit of its autoscaler (1 replica): it wants more and may not have it. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  ['restarted below the limit', 'autoscaler', restarted(hpa({ max: 4 })), []],
  [
    'scaled under KEDA',
    'autoscaler',
    scaled(4, keda()),
    [
      'floor 11: ScaledObject/web sets how many replicas Deployment/web has and may move 4 at its next look. [ScaledObject/web]',
    ],
  ],
  [
    'scaled under KEDA with its autoscaler',
    'autoscaler',
    scaled(4, { ...keda(), ...hpa() }),
    [
      'floor 11: HorizontalPodAutoscaler/web (2 to 10) may move 4 at its next look. [HorizontalPodAutoscaler/web: spec]',
    ],
  ],
  [
    'scaled to zero under KEDA with its autoscaler',
    'autoscaler',
    scaled(0, { ...keda(), ...hpa() }),
    [
      'floor 11: ScaledObject/web starts pods again as soon as one of its triggers is active. [ScaledObject/web]',
    ],
  ],
  [
    'scaled under KEDA that is paused',
    'autoscaler',
    scaled(4, keda({ paused: true })),
    [
      'floor 11: ScaledObject/web is paused: as soon as somebody takes that back it sets how many replicas Deployment/web has. [ScaledObject/web: autoscaling.keda.sh/paused]',
    ],
  ],
  [
    'scaled to what KEDA is paused at',
    'autoscaler',
    scaled(4, keda({ paused: true, pausedReplicas: 4 })),
    [
      'floor 11: ScaledObject/web is paused at 4 replicas: it holds that until somebody takes it back. [ScaledObject/web: autoscaling.keda.sh/paused-replicas]',
    ],
  ],
  [
    'scaled to another',
    'autoscaler',
    scaled(4, keda({ paused: true, pausedReplicas: 1 })),
    [
      'floor 11: ScaledObject/web is paused at 1 replica: it will move 4 back. [ScaledObject/web: autoscaling.keda.sh/paused-replicas]',
    ],
  ],
  ['restarted under KEDA', 'autoscaler', restarted(keda()), []],
  [
    'restarted under one that evicts',
    'autoscaler',
    restarted(vpa('Auto')),
    [
      'breadth 1: VerticalPodAutoscaler/web (Auto) evicts pods of Deployment/web by itself, perhaps at the same time. [VerticalPodAutoscaler/web: spec.updatePolicy.updateMode]',
    ],
  ],
  ['restarted under one that does not', 'autoscaler', restarted(vpa('Initial')), []],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
