import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Call, type Plan, plan as planSchema } from '../../../src/domain/plan.ts';
import type { Json } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { deploymentFacts, noon, remediationId } from '../../fixtures/facts.ts';
import { autoscalerFacts, autoscalerOf, autoscaleTo, patchOf } from '../../fixtures/fields.ts';
import { applyPatch, isRecognised } from '../../fixtures/json-patch.ts';

const uid = deploymentFacts().identity.uid;
/** The target itself is not looked at: its autoscaler is in the facts. */
const target = { metadata: { uid } };
function drawn(action: Action, facts: Facts, snapshot: Json): Plan {
  const result = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
  if (result.kind === 'refused') throw new Error(`refused: ${result.reason}`);
  expect(planSchema.parse(result.plan)).toEqual(result.plan);
  return result.plan;
}

function planned(action: Action, facts: Facts, snapshot: Json): Extract<Call, { kind: 'patch' }> {
  const [call] = drawn(action, facts, snapshot).calls;
  if (call?.kind !== 'patch') throw new Error('no patch');
  return call;
}

describe('an autoscaler', () => {
  const ref = {
    apiVersion: 'autoscaling/v2',
    resource: 'horizontalpodautoscalers',
    namespace: 'shop',
    name: 'web',
  };

  it('is made as kubectl makes it, with the defaults of the API', () => {
    const [call] = drawn(autoscaleTo({ max: 5 }), deploymentFacts(), target).calls;
    expect(call).toEqual({
      kind: 'create',
      ref,
      body: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 1,
          maxReplicas: 5,
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
            },
          ],
        },
      },
      recognise: { kind: 'ours' },
      sentence:
        'Create HorizontalPodAutoscaler/web for Deployment/web in shop: 1 to 5 replicas at 80 % of the requested processor time.',
    });
  });

  it('that is there is changed where it differs, whatever its name', () => {
    const facts = deploymentFacts({}, autoscalerOf({ name: 'web-hpa', cpu: { percent: 80, index: 1 } }));
    const call = planned(autoscaleTo({ max: 9, cpu: 70 }), facts, target);
    const memory = { resource: { name: 'memory' } };
    const live = {
      metadata: { uid: 'uid-of-hpa' },
      spec: {
        minReplicas: 2,
        maxReplicas: 6,
        metrics: [memory, { resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
      },
    };
    expect(call.ref).toEqual({ ...ref, name: 'web-hpa' });
    const after = applyPatch(live, call.operations) ?? null;
    expect(after).toMatchObject({
      spec: {
        minReplicas: 2,
        maxReplicas: 9,
        metrics: [memory, { resource: { target: { averageUtilization: 70 } } }],
      },
    });
    expect([isRecognised(call, live), isRecognised(call, after)]).toEqual([false, true]);
    expect(applyPatch({ ...live, spec: { ...live.spec, maxReplicas: 7 } }, call.operations)).toBeUndefined();
    const moved = { ...live, spec: { ...live.spec, metrics: live.spec.metrics.toReversed() } };
    expect(applyPatch(moved, call.operations)).toBeUndefined();
  });

  const metricsOf = (name: string, percent: number) => [
    { resource: { name, target: { averageUtilization: percent } } },
  ];
  const seen = {
    metadata: { uid: 'uid-of-hpa' },
    spec: { minReplicas: 2, maxReplicas: 6, metrics: metricsOf('cpu', 80) },
  };
  it.each<[string, Json]>([
    ['another object of the name', { ...seen, metadata: { uid: 'another' } }],
    ['another minimum', { ...seen, spec: { ...seen.spec, minReplicas: 1 } }],
    ['another maximum', { ...seen, spec: { ...seen.spec, maxReplicas: 7 } }],
    ['another target', { ...seen, spec: { ...seen.spec, metrics: metricsOf('cpu', 60) } }],
    [
      'another metric at the index, of the same target',
      { ...seen, spec: { ...seen.spec, metrics: metricsOf('memory', 80) } },
    ],
  ])('is left alone when it is %s than what was seen', (_name, changed) => {
    const facts = deploymentFacts({}, autoscalerOf({ cpu: { percent: 80, index: 0 } }));
    const { operations } = planned(autoscaleTo({ min: 3, max: 9, cpu: 70 }), facts, target);
    expect(applyPatch(seen, operations)).toBeDefined();
    expect(applyPatch(changed, operations)).toBeUndefined();
  });

  it('is recognised as changed only with what was so already', () => {
    const facts = deploymentFacts({}, autoscalerOf({ cpu: { percent: 80, index: 0 } }));
    const call = planned(autoscaleTo({ max: 9, cpu: 80 }), facts, target);
    const done = { ...seen, spec: { ...seen.spec, maxReplicas: 9 } };
    expect(isRecognised(call, done)).toBe(true);
    expect(isRecognised(call, { ...done, spec: { ...done.spec, minReplicas: 1 } })).toBe(false);
  });

  it('without a target is tested and changed where it differs, and nowhere else', () => {
    const facts = deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6, uid: 'uid-of-hpa' } });
    expect(planned(autoscaleTo({ max: 9 }), facts, target)).toMatchObject({
      operations: [
        { op: 'test', path: '/metadata/uid', value: 'uid-of-hpa' },
        { op: 'test', path: '/spec/maxReplicas', value: 6 },
        { op: 'replace', path: '/spec/maxReplicas', value: 9 },
      ],
      recognise: {
        kind: 'fields',
        uid: 'uid-of-hpa',
        fields: [
          { path: '/spec/minReplicas', value: 2 },
          { path: '/spec/maxReplicas', value: 9 },
        ],
      },
    });
  });

  it('is itself patched by its own uid', () => {
    const { generation } = autoscalerFacts().identity;
    const seen = { metadata: { uid, generation }, spec: { minReplicas: 2, maxReplicas: 6 } };
    const call = planned(
      patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 9 }),
      autoscalerFacts(),
      seen,
    );
    expect(call.ref).toEqual(ref);
    expect(applyPatch(seen, call.operations)).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 9 } });
  });
});
