import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  deletePodIn,
  deploymentFacts,
  noon,
  podFacts,
  defaultPolicy as policy,
  restartOf,
  scaleTo,
  specId,
} from '../../fixtures/facts.ts';

const restart = restartOf();
const database = { apiVersion: 'example.com/v1', kind: 'PostgresCluster', name: 'main' };
const applied = { manager: 'argo-cd', name: 'argocd-controller', sign: 'managedFields' } as const;

const horizontal = { name: 'web', min: 1, max: 6 };
const blind = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' };
const unable = { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale' };
const limited = { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' };

/** name, action, facts, tier, score, the rule, its sentence and what would make the tier lower (`-` for nothing). */
type Case = [string, Action, Facts, Tier, number, string, string, string];

const cases: Case[] = [
  [
    'an operator puts back what is scaled by hand',
    scaleTo(5),
    deploymentFacts({}, { owner: database }),
    'human',
    11,
    'controlled',
    'PostgresCluster/main controls this object and may put the change back.',
    'Would be auto if: not controlled by PostgresCluster/main.',
  ],
  [
    'an operator lets a restart be',
    restart,
    deploymentFacts({}, { owner: database }),
    'auto',
    8,
    'controlled',
    '-',
    '-',
  ],
  ['and a deleted pod', deletePodIn(), podFacts({}, { owner: database }), 'auto', 9, 'controlled', '-', '-'],
  [
    'fields that Argo CD has written',
    scaleTo(5),
    deploymentFacts({}, { gitOps: applied }),
    'human',
    11,
    'gitops',
    'Argo CD has written fields of this object (as argocd-controller): its next sync may undo the change.',
    'Would be auto if: not managed by argo-cd (argocd-controller).',
  ],
  [
    'a Terraform configuration',
    scaleTo(5),
    deploymentFacts({}, { gitOps: { manager: 'terraform', name: 'Terraform', sign: 'managedFields' } }),
    'human',
    11,
    'gitops',
    'Terraform has written fields of this object (as Terraform): the next apply may undo the change.',
    'Would be auto if: not managed by terraform (Terraform).',
  ],
  [
    'an addon',
    scaleTo(5),
    deploymentFacts({}, { gitOps: { manager: 'addon-manager', name: 'Reconcile' } }),
    'human',
    11,
    'gitops',
    'The addon manager (Reconcile) owns this object: its next look may undo the change.',
    'Would be auto if: not managed by addon-manager (Reconcile).',
  ],
  [
    'an autoscaler without metrics',
    scaleTo(5),
    deploymentFacts({}, { autoscaler: { ...horizontal, conditions: [blind] } }),
    'human',
    11,
    'autoscaler',
    'HorizontalPodAutoscaler/web (1 to 6) has no metrics now (FailedGetResourceMetric): 5 stays until it has.',
    'Would be auto if: no HorizontalPodAutoscaler/web.',
  ],
  [
    'an autoscaler without metrics keeps to its limits',
    scaleTo(7),
    deploymentFacts({}, { autoscaler: { ...horizontal, conditions: [blind] } }),
    'human',
    11,
    'autoscaler',
    'HorizontalPodAutoscaler/web (1 to 6) will move 7 back within its limits in seconds.',
    'Would be auto if: no HorizontalPodAutoscaler/web.',
  ],
  [
    'an autoscaler that cannot scale',
    scaleTo(7),
    deploymentFacts({}, { autoscaler: { ...horizontal, conditions: [unable] } }),
    'human',
    11,
    'autoscaler',
    'HorizontalPodAutoscaler/web (1 to 6) cannot scale now (FailedGetScale): 7 stays until it can.',
    'Would be auto if: no HorizontalPodAutoscaler/web.',
  ],
  [
    'an autoscaler that wants another number',
    scaleTo(5),
    deploymentFacts({}, { autoscaler: { ...horizontal, current: 3, desired: 4, conditions: [] } }),
    'human',
    11,
    'autoscaler',
    'HorizontalPodAutoscaler/web (1 to 6) wants 4 and may move 5 at its next look.',
    'Would be auto if: no HorizontalPodAutoscaler/web.',
  ],
  [
    'an autoscaler that would have more than it may',
    restart,
    deploymentFacts({}, { autoscaler: { ...horizontal, max: 3, conditions: [limited] } }),
    'human',
    11,
    'autoscaler',
    'Deployment/web is at the limit of its autoscaler (3 replicas): it wants more and may not have it.',
    'Would be auto if: HorizontalPodAutoscaler/web not at its limit.',
  ],
  [
    'KEDA, paused at a number',
    scaleTo(5),
    deploymentFacts({}, { scaledObject: { name: 'web', paused: true, pausedReplicas: 2 } }),
    'human',
    11,
    'autoscaler',
    'ScaledObject/web is paused at 2 replicas: it will move 5 back.',
    'Would be auto if: no ScaledObject/web.',
  ],
  [
    'KEDA, paused at that number',
    scaleTo(5),
    deploymentFacts({}, { scaledObject: { name: 'web', paused: true, pausedReplicas: 5 } }),
    'auto',
    5,
    'autoscaler',
    '-',
    '-',
  ],
  [
    'KEDA, paused',
    scaleTo(5),
    deploymentFacts({}, { scaledObject: { name: 'web', paused: true } }),
    'auto',
    5,
    'autoscaler',
    '-',
    '-',
  ],
  [
    'KEDA, and its autoscaler speaks for it',
    scaleTo(5),
    deploymentFacts({}, { autoscaler: horizontal, scaledObject: { name: 'web', paused: false } }),
    'human',
    11,
    'autoscaler',
    'HorizontalPodAutoscaler/web (1 to 6) may move 5 at its next look.',
    'Would be auto if: no ScaledObject/web.',
  ],
  [
    'KEDA, whose autoscaler is not there yet',
    scaleTo(5),
    deploymentFacts({}, { scaledObject: { name: 'web', paused: false } }),
    'human',
    11,
    'autoscaler',
    'ScaledObject/web sets how many replicas Deployment/web has and may move 5 at its next look.',
    'Would be auto if: no ScaledObject/web.',
  ],
  [
    'KEDA brings back what is at zero',
    scaleTo(0),
    deploymentFacts({}, { autoscaler: horizontal, scaledObject: { name: 'web', paused: false } }),
    'human',
    42,
    'autoscaler',
    'ScaledObject/web starts pods again as soon as one of its triggers is active.',
    '-',
  ],
  [
    'KEDA lets a restart be',
    restart,
    deploymentFacts({}, { scaledObject: { name: 'web', paused: true, pausedReplicas: 2 } }),
    'auto',
    8,
    'autoscaler',
    '-',
    '-',
  ],
  [
    'a vertical autoscaler that evicts',
    restart,
    deploymentFacts({}, { verticalAutoscaler: { name: 'web', mode: 'Auto' } }),
    'auto',
    9,
    'autoscaler',
    'VerticalPodAutoscaler/web (Auto) evicts pods of Deployment/web by itself, perhaps at the same time.',
    '-',
  ],
  [
    'a vertical autoscaler that only looks at new pods',
    restart,
    deploymentFacts({}, { verticalAutoscaler: { name: 'web', mode: 'Initial' } }),
    'auto',
    8,
    'autoscaler',
    '-',
    '-',
  ],
  [
    'nothing checks that new pods are ready',
    restart,
    deploymentFacts({ unproven: ['web'] }),
    'human',
    11,
    'ready-proof',
    'Nothing checks whether the container web is ready (no readinessProbe, minReadySeconds 0): Ready says no more than that it was started.',
    'Would be auto if: a readinessProbe for web.',
  ],
  [
    'neither the main container nor its proxy',
    restart,
    deploymentFacts({ unproven: ['web', 'proxy'] }),
    'human',
    11,
    'ready-proof',
    'Nothing checks whether the containers web, proxy are ready (no readinessProbe, minReadySeconds 0): Ready says no more than that they were started.',
    'Would be auto if: a readinessProbe for web and proxy.',
  ],
  [
    'a proxy without a probe beside a container with one',
    restart,
    deploymentFacts({ unproven: ['proxy'] }),
    'auto',
    8,
    'ready-proof',
    '-',
    '-',
  ],
  [
    'an action that replaces no pods',
    scaleTo(4),
    deploymentFacts({ unproven: ['web'] }),
    'auto',
    3,
    'ready-proof',
    '-',
    '-',
  ],
];

describe('who owns a target, how it scales and how it is', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, rule, sentence, otherwise) => {
    const spec = evaluate({ id: specId, now: noon, action, facts, policy });
    const said = spec.lineItems.filter((item) => item.rule === rule).map((item) => item.sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
    expect(said).toEqual(sentence === '-' ? [] : [sentence]);
    const text = counterfactualText(counterfactuals(spec, { action, facts, policy }));
    expect(text).toBe(otherwise === '-' ? '' : otherwise);
  });
});
