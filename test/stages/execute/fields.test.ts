import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Call, type Plan, plan as planSchema } from '../../../src/domain/plan.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { deploymentFacts, noon, podFacts, remediationId } from '../../fixtures/facts.ts';
import {
  annotateWith,
  autoscalerOf,
  autoscaleTo,
  labelPod,
  labelWith,
  patchOf,
  setEnvTo,
  setResourcesTo,
} from '../../fixtures/fields.ts';
import { applyPatch, isRecognised, lookUp } from '../../fixtures/json-patch.ts';

const uid = deploymentFacts().identity.uid;
const secret = 'old-and-secret';
const resources = { limits: { memory: '128Mi' }, requests: { cpu: '100m', memory: '64Mi' } };
const env = [
  { name: 'LEVEL', value: secret },
  { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'LEVEL', value: 'again' },
  { name: 'GONE', value: secret },
];

/** Deployment/web as its facts say, with the containers of `deploymentFacts`. */
const object = (web: JsonObject, metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject => ({
  metadata: { uid, generation: 7, labels: { app: 'web', tier: 'front' }, ...metadata },
  spec: {
    ...spec,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'web', image: 'registry.example/web:1.1', ...web }],
        initContainers: [{ name: 'migrate', image: 'registry.example/migrate:1.1', resources: {} }],
      },
    },
  },
});

const labelled = deploymentFacts(
  {},
  { identity: { ...deploymentFacts().identity, labels: { app: 'web', tier: 'front' } } },
);
const [web, migrate] = [
  { name: 'web', image: 'registry.example/web:1.1', init: false, index: 0 },
  { name: 'migrate', image: 'registry.example/migrate:1.1', init: true, index: 0 },
];
const limited = deploymentFacts({
  containers: [
    { ...web, resources },
    { ...migrate, resources: { limits: {}, requests: {} } },
  ],
});
const containers = '/spec/template/spec/containers/0';
const rolling = {
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
};

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

const others = ['a', 'b'].map((value) => ({ name: 'OTHER', value }));

type Case = [string, Action, Facts, JsonObject, Record<string, Json | undefined>, string];

const cases: Case[] = [
  [
    'labels: one more, one replaced, one gone',
    labelWith({ 'example.com/team': 'shop', tier: 'back', app: null }),
    labelled,
    object({}),
    { '/metadata/labels': { 'example.com/team': 'shop', tier: 'back' } },
    'Change the labels of Deployment/web in shop: example.com/team=shop, tier=back, app removed.',
  ],
  [
    'annotations where there are none',
    annotateWith({ note: 'looked at', old: null }),
    deploymentFacts(),
    object({}),
    { '/metadata/annotations': { note: 'looked at' } },
    'Change the annotations of Deployment/web in shop: note set.',
  ],
  [
    'annotations beside one that the facts do not keep',
    annotateWith({ note: 'looked at' }),
    deploymentFacts(),
    object({}, { annotations: { other: 'y' } }),
    { '/metadata/annotations': { other: 'y', note: 'looked at' } },
    'Change the annotations of Deployment/web in shop: note set.',
  ],
  [
    'variables: replaced in place, repeats collapsed, one gone, one more',
    setEnvTo({ LEVEL: 'debug', POD: 'literal', MORE: '1', EMPTY: '', GONE: null }, ['web']),
    deploymentFacts(),
    object({ env }),
    {
      [`${containers}/env`]: [
        { name: 'LEVEL', value: 'debug' },
        { name: 'POD', value: 'literal' },
        { name: 'MORE', value: '1' },
        { name: 'EMPTY' },
      ],
    },
    'Set LEVEL, POD, MORE, EMPTY and remove GONE in web of Deployment/web in shop.',
  ],
  [
    'one variable replaced and one more, beside repeats of another',
    setEnvTo({ LEVEL: 'debug', MORE: '1' }, ['web']),
    deploymentFacts(),
    object({ env: [...others, { name: 'LEVEL', value: 'info' }] }),
    {
      [`${containers}/env`]: [...others, { name: 'LEVEL', value: 'debug' }, { name: 'MORE', value: '1' }],
    },
    'Set LEVEL, MORE in web of Deployment/web in shop.',
  ],
  [
    'variables of all containers, init containers too',
    setEnvTo({ LEVEL: 'debug' }),
    deploymentFacts(),
    object({}),
    {
      [`${containers}/env`]: [{ name: 'LEVEL', value: 'debug' }],
      '/spec/template/spec/initContainers/0/env': [{ name: 'LEVEL', value: 'debug' }],
    },
    'Set LEVEL in web, migrate of Deployment/web in shop.',
  ],
  [
    'limits and requests: merged, as the API server stores them',
    setResourcesTo({ limits: { memory: '0.5Gi', cpu: '1.5' }, requests: { cpu: '0' } }),
    limited,
    object({ resources }),
    {
      [`${containers}/resources`]: {
        limits: { memory: '512Mi', cpu: '1500m' },
        requests: { cpu: '0', memory: '64Mi' },
      },
    },
    'Set cpu limit 1500m, memory limit from 128Mi to 512Mi, cpu request from 100m to 0 for web in Deployment/web in shop.',
  ],
  [
    'limits where there are none',
    setResourcesTo({ limits: { cpu: '1' } }, ['migrate']),
    limited,
    object({ resources }),
    { '/spec/template/spec/initContainers/0/resources': { limits: { cpu: '1' } } },
    'Set cpu limit 1 for migrate in Deployment/web in shop.',
  ],
  [
    'a patch of several fields',
    patchOf('Deployment', { 'spec.strategy.rollingUpdate.maxSurge': 2, 'spec.minReadySeconds': 5 }),
    deploymentFacts(),
    object({}, {}, rolling),
    { '/spec/strategy/rollingUpdate/maxSurge': 2, '/spec/minReadySeconds': 5 },
    'Set spec.strategy.rollingUpdate.maxSurge from 25% to 2, spec.minReadySeconds to 5 in Deployment/web in shop.',
  ],
  [
    'a patch of fields whose parents are not there',
    patchOf('Deployment', {
      'spec.strategy.rollingUpdate.maxSurge': 2,
      'spec.strategy.rollingUpdate.maxUnavailable': 0,
    }),
    deploymentFacts(),
    object({}),
    { '/spec/strategy': { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } },
    'Set spec.strategy.rollingUpdate.maxSurge to 2, spec.strategy.rollingUpdate.maxUnavailable to 0 in Deployment/web in shop.',
  ],
  [
    'a field that is left out at zero',
    patchOf('Deployment', { 'spec.minReadySeconds': 0 }),
    deploymentFacts(),
    object({}, {}, { minReadySeconds: 5 }),
    { '/spec/minReadySeconds': undefined },
    'Set spec.minReadySeconds from 5 to 0 in Deployment/web in shop.',
  ],
];

describe('patches of single fields', () => {
  it.each(cases)('%s', (_name, action, facts, seen, fields, sentence) => {
    const call = planned(action, facts, seen);
    const after = applyPatch(seen, call.operations);
    if (after === undefined) throw new Error('the patch was not applied');
    expect(Object.fromEntries(Object.keys(fields).map((path) => [path, lookUp(after, path)]))).toEqual(
      fields,
    );
    expect(call.sentence).toBe(sentence);
    expect(isRecognised(call, seen)).toBe(false);
    expect(isRecognised(call, after)).toBe(true);
    const twin = { ...seen, metadata: { ...metadataOf(seen), uid: 'another' } };
    expect(applyPatch(twin, call.operations)).toBeUndefined();
  });

  const guards: [string, Action, Facts, JsonObject, JsonObject][] = [
    [
      'a label that somebody has changed',
      labelWith({ tier: 'back' }),
      labelled,
      object({}),
      object({}, { labels: { app: 'web', tier: 'middle' } }),
    ],
    [
      'annotations that somebody has made',
      annotateWith({ note: 'x' }),
      deploymentFacts(),
      object({}),
      object({}, { annotations: { other: 'y' } }),
    ],
    [
      'a variable whose value somebody has changed, which only the generation tells',
      setEnvTo({ LEVEL: 'debug' }, ['web']),
      deploymentFacts(),
      object({ env }),
      object({ env }, { generation: 8 }),
    ],
    [
      'another variable at the index of one that is replaced',
      setEnvTo({ LEVEL: 'debug' }, ['web']),
      deploymentFacts(),
      object({ env: [{ name: 'LEVEL', value: 'info' }] }),
      object({ env: [{ name: 'OTHER', value: 'info' }] }),
    ],
    [
      'another variable at the index of one that goes',
      setEnvTo({ GONE: null }, ['web']),
      deploymentFacts(),
      object({ env: [{ name: 'GONE', value: 'x' }] }),
      object({ env: [{ name: 'OTHER', value: 'x' }] }),
    ],
    [
      'another variable at the index of a repeat',
      setEnvTo({ LEVEL: 'debug' }, ['web']),
      deploymentFacts(),
      object({
        env: [
          { name: 'LEVEL', value: 'a' },
          { name: 'LEVEL', value: 'b' },
        ],
      }),
      object({
        env: [
          { name: 'LEVEL', value: 'a' },
          { name: 'OTHER', value: 'b' },
        ],
      }),
    ],
    [
      'variables that somebody has made',
      setEnvTo({ LEVEL: 'debug' }, ['web']),
      deploymentFacts(),
      object({}),
      object({ env: [{ name: 'OTHER', value: 'x' }] }),
    ],
    [
      'variables of another container at the index',
      setEnvTo({ LEVEL: 'debug' }, ['web']),
      deploymentFacts(),
      object({ env }),
      object({ name: 'proxy', env }),
    ],
    [
      'a request that somebody has changed',
      setResourcesTo({ requests: { cpu: '200m' } }),
      limited,
      object({ resources }),
      object({ resources: { ...resources, requests: { cpu: '150m' } } }),
    ],
    [
      'another container at the index',
      setResourcesTo({ requests: { cpu: '200m' } }),
      limited,
      object({ resources }),
      object({ name: 'proxy', resources }),
    ],
    [
      'a field of a spec that somebody has changed',
      patchOf('Deployment', { 'spec.minReadySeconds': 5 }),
      deploymentFacts(),
      object({}),
      object({}, { generation: 8 }),
    ],
    [
      'a field that somebody has made',
      patchOf('Deployment', { 'spec.minReadySeconds': 5 }),
      deploymentFacts(),
      object({}),
      object({}, {}, { minReadySeconds: 1 }),
    ],
  ];
  it.each(guards)('do not apply to %s', (_name, action, facts, seen, changed) => {
    expect(applyPatch(changed, planned(action, facts, seen).operations)).toBeUndefined();
  });

  it('of a label by a name that every object has test that it is not there', () => {
    const { operations } = planned(labelWith({ constructor: 'x' }), labelled, object({}));
    expect(operations).toContainEqual({ op: 'test', path: '/metadata/labels/constructor', value: null });
  });

  it('hold no old value of a variable', () => {
    const plan = drawn(setEnvTo({ LEVEL: 'debug', GONE: null }), deploymentFacts(), object({ env }));
    expect(JSON.stringify(plan)).not.toContain(secret);
  });

  it('go to the pod itself', () => {
    const seen = { metadata: { uid, labels: { app: 'web-0' } } };
    expect(planned(labelPod({ app: 'quarantine' }), podFacts(), seen).ref).toEqual({
      apiVersion: 'v1',
      resource: 'pods',
      namespace: 'shop',
      name: 'web-0',
    });
  });
});

function metadataOf(value: JsonObject): JsonObject {
  const found = value['metadata'];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {};
}

describe('refusals', () => {
  it.each<[string, Action, Facts, Json, string]>([
    [
      'a label that is there, without --overwrite',
      labelWith({ tier: 'back' }, undefined, false),
      labelled,
      object({}),
      'Deployment/web has another tier already; --overwrite replaces it.',
    ],
    [
      'labels that are there',
      labelWith({ tier: 'front', gone: null }),
      labelled,
      object({}),
      'Deployment/web already has the label tier, and no label gone.',
    ],
    [
      'variables that are there, told by their values here alone',
      setEnvTo({ ONE: '1' }, ['web']),
      deploymentFacts(),
      object({ env: [{ name: 'ONE', value: '1' }] }),
      'Deployment/web in shop already has the variable ONE.',
    ],
    [
      'a container that is not there',
      setEnvTo({ ONE: '1' }, ['cache']),
      deploymentFacts(),
      object({}),
      'Deployment/web has no container cache; it has migrate, web.',
    ],
    [
      'an autoscaler that is so',
      autoscaleTo({ max: 6 }),
      deploymentFacts({}, autoscalerOf()),
      object({}),
      'HorizontalPodAutoscaler/web already keeps 2 to 6 replicas.',
    ],
    [
      'an autoscaler that was not read',
      autoscaleTo({ max: 6 }),
      deploymentFacts({}, { unknown: [{ fact: 'autoscaler', reason: 'forbidden' }] }),
      object({}),
      'It is not known whether Deployment/web has an autoscaler; two would work against each other.',
    ],
    [
      'a percentage of an autoscaler by other metrics',
      autoscaleTo({ max: 9, cpu: 50 }),
      deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6, uid: 'uid-of-hpa' } }),
      object({}),
      'HorizontalPodAutoscaler/web does not scale by a percentage of the processor time.',
    ],
    [
      'fields that are so, one of them left out at zero',
      patchOf('Deployment', { 'spec.minReadySeconds': 0 }),
      deploymentFacts(),
      object({}),
      'Deployment/web in shop already has these values.',
    ],
  ])('%s', (_name, action, facts, snapshot, reason) => {
    expect(planExecution({ action, facts, snapshot, remediationId, stamp: noon })).toEqual({
      kind: 'refused',
      reason,
    });
  });
});
