import { describe, expect, it } from 'vitest';
import { needsOf, writesOf } from '../../../src/actions/needs.ts';
import type { Answer } from '../../../src/adapters/kubernetes/client/answer.ts';
import { autoscaler } from '../../../src/adapters/kubernetes/client/objects.ts';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { lastChange } from '../../../src/adapters/kubernetes/facts/dependents/last-change.ts';
import { autoscalerFactOf } from '../../../src/adapters/kubernetes/facts/fields/autoscaler.ts';
import { withContainerFields } from '../../../src/adapters/kubernetes/facts/fields/containers.ts';
import { dryRun } from '../../../src/adapters/kubernetes/writes/dry-run.ts';
import { lackingIn, recognise } from '../../../src/adapters/kubernetes/writes/recognise.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Call } from '../../../src/domain/plan.ts';
import type { Json } from '../../../src/domain/text/json.ts';
import { deploymentFacts } from '../../fixtures/facts.ts';
import {
  annotateWith,
  autoscaleTo,
  labelWith,
  patchOf,
  setEnvTo,
  setResourcesTo,
} from '../../fixtures/fields.ts';

const secret = 'old-and-secret';
const { subject, identity } = deploymentFacts();
const never = new AbortController().signal;
const ok = (body: Json): Answer => ({ kind: 'ok', status: 200, body, warnings: [] });

const raw = {
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'web',
            env: [
              { name: 'LEVEL', value: secret },
              { name: 'SAME', value: 'x' },
              { name: 'POD', valueFrom: { fieldRef: {} } },
              { name: 'TWICE', value: 'x' },
              { name: 'TWICE', value: 'y' },
              { name: 'EMPTY' },
            ],
            resources: { limits: { cpu: '1' } },
          },
        ],
        initContainers: [{ name: 'migrate' }],
      },
    },
  },
};

describe('the containers of a workload', () => {
  it('bring the names of variables and never a value, and which have the value that is asked for', () => {
    const action = setEnvTo({ LEVEL: 'debug', SAME: 'x', POD: '', TWICE: 'x', EMPTY: '' }, ['web']);
    const found = withContainerFields(subject, needsOf(action), raw);
    expect(found).toMatchObject({
      containers: [
        { env: { names: ['LEVEL', 'SAME', 'POD', 'TWICE', 'EMPTY'], same: ['SAME', 'EMPTY'] } },
        expect.not.objectContaining({ env: expect.anything() }),
      ],
    });
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it.each<[string, Action]>([
    ['set resources', setResourcesTo({ limits: { cpu: '2' } })],
    ['autoscale', autoscaleTo({ max: 5 })],
  ])('bring limits and requests for %s', (_name, action) => {
    expect(withContainerFields(subject, needsOf(action), raw)).toMatchObject({
      containers: [
        { name: 'web', resources: { limits: { cpu: '1' }, requests: {} } },
        { name: 'migrate', resources: { limits: {}, requests: {} } },
      ],
    });
  });

  it('bring nothing more for other verbs', () => {
    expect(withContainerFields(subject, needsOf(labelWith({ a: 'b' })), raw)).toBe(subject);
  });
});

describe('an autoscaler', () => {
  const metadata = { name: 'web', uid: 'u', resourceVersion: '1' };
  const keda = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    name: 'web',
    uid: 's',
    controller: true,
  };
  const cpu = { resource: { name: 'cpu', target: { averageUtilization: 70 } } };
  const spec = { maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'web' } };

  it.each([
    ['by the processor', { ...spec, metrics: [cpu] }, { cpu: { percent: 70, index: 0 } }],
    [
      'by memory and the processor',
      { ...spec, metrics: [{ resource: { name: 'memory' } }, cpu] },
      { cpu: { percent: 70, index: 1 } },
    ],
    ['by an amount', { ...spec, metrics: [{ resource: { name: 'cpu', target: {} } }] }, {}],
    ['by something external', { ...spec, metrics: [{ external: {} }] }, {}],
  ])('%s', (_name, body, expected) => {
    const fact = autoscalerFactOf(autoscaler.parse({ metadata, spec: body }));
    expect(fact).toEqual({ name: 'web', min: 1, max: 5, uid: 'u', ...expected });
  });

  it('of KEDA', () => {
    const parsed = autoscaler.parse({ metadata: { ...metadata, ownerReferences: [keda] }, spec });
    expect(autoscalerFactOf(parsed).owner).toEqual({ kind: 'ScaledObject', name: 'web' });
  });
});

describe('who last wrote the field', () => {
  const by = (fieldsV1: Json, manager = 'kubectl') => ({ manager, time: '2026-03-01T12:05:00Z', fieldsV1 });
  const fields = {
    'f:metadata': { 'f:labels': { '.': {}, 'f:tier': {} }, 'f:annotations': { 'f:note': {} } },
    'f:spec': { 'f:minReadySeconds': {}, 'f:strategy': { 'f:rollingUpdate': { 'f:maxSurge': {} } } },
  };
  it.each<[string, Action, string | undefined]>([
    ['a label', labelWith({ other: 'x', tier: 'y' }), 'metadata.labels.tier'],
    ['another label', labelWith({ other: 'x' }), undefined],
    ['an annotation', annotateWith({ note: null }), 'metadata.annotations.note'],
    ['a field', patchOf('Deployment', { 'spec.minReadySeconds': 1 }), 'spec.minReadySeconds'],
    [
      'a field deep within',
      patchOf('Deployment', { 'spec.strategy.rollingUpdate.maxSurge': 1 }),
      'spec.strategy.rollingUpdate.maxSurge',
    ],
    ['its neighbour', patchOf('Deployment', { 'spec.strategy.rollingUpdate.maxUnavailable': 1 }), undefined],
    ['the template, which nobody wrote', setEnvTo({ A: 'b' }), undefined],
    ['an autoscaler, which is another object', autoscaleTo({ max: 5 }), undefined],
  ])('%s', (_name, action, field) => {
    const history = { creationTimestamp: '2026-03-01T12:00:00Z', managedFields: [by(fields)] };
    expect(lastChange(writesOf(action), history)?.field).toBe(field);
  });
});

describe('old values of variables are never told', () => {
  const path = '/spec/template/spec/containers/0/env';
  const { uid } = identity;
  const call: Call = {
    kind: 'patch',
    ref: { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'web' },
    operations: [{ op: 'test', path: `${path}/0/value`, value: 'planned-and-secret' }],
    recognise: {
      kind: 'fields',
      uid,
      fields: [
        { path: `${path}/0/value`, value: 'written-and-secret' },
        { path: `${path}/1/valueFrom/secretKeyRef/key`, value: null },
      ],
      entries: [
        { path, where: { name: 'LEVEL' }, value: { name: 'LEVEL', value: 'written-and-secret' } },
        { path, where: { name: 'GONE' }, value: null },
      ],
    },
    sentence: 'Set LEVEL.',
  };
  const live = {
    metadata: { name: 'web', namespace: 'shop', uid, resourceVersion: '1' },
    spec: {
      template: {
        spec: {
          containers: [
            {
              env: [
                { name: 'LEVEL', value: secret },
                { name: 'GONE', valueFrom: { secretKeyRef: { key: secret } } },
              ],
            },
          ],
        },
      },
    },
  };
  const field = 'spec.template.spec.containers[0].env';
  const lacking = [
    `${field}[LEVEL].value has another value`,
    `${field}[GONE].valueFrom.secretKeyRef.key is another value instead of absent`,
    `${field} has another LEVEL`,
    `${field} has GONE`,
  ];

  it('where the work is looked for', async () => {
    const found = await recognise(
      createReader(async () => ok(live), never),
      call,
    );
    expect(found).toEqual({
      kind: 'undone',
      sameObject: true,
      isBack: false,
      difference: `Deployment web in namespace shop has changed since this was planned: ${field}[LEVEL].value has another value now.`,
      lost: `Deployment web in namespace shop is not as it was written: ${lacking.slice(0, 3).join('; ')}.`,
    });
    expect(lackingIn(call, live)).toEqual(lacking);
  });

  it('where a dry run shows that admission rewrites them', async () => {
    const plan = { calls: [call], fieldManager: 'firebreak/1' };
    expect(await dryRun(async () => ok(live), plan, never)).toEqual({
      kind: 'accepted',
      sentence: 'The API server accepts it (server-side dry run).',
      warnings: lacking.map((each) => `The API server would store something else: ${each}.`),
      rewritten: lacking.map((each) => `The API server would store something else: ${each}.`),
      changes: [],
    });
  });
});
