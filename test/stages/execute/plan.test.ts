import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Call, plan as planSchema } from '../../../src/domain/plan.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import {
  barePodFacts,
  cordonNode,
  deletePodIn,
  deploymentFacts,
  nodeFacts,
  noon,
  pauseIn,
  podFacts,
  remediationId,
  restartOf,
  resumeIn,
  scaleTo,
  setImageTo,
  statefulSetFacts,
  uncordonNode,
  undoOf,
} from '../../fixtures/facts.ts';
import { applyPatch, isRecognised, lookUp } from '../../fixtures/json-patch.ts';

const restartedAt = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';
const uid = deploymentFacts().identity.uid;
const oldTemplate = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:0' }] },
};
const withHash = {
  metadata: { labels: { app: 'web', 'pod-template-hash': 'b' }, creationTimestamp: null },
  spec: oldTemplate.spec,
};
const revisions = (template: Json) => ({
  revisions: [{ revision: 2, source: 'ReplicaSet/web-b', template }],
});

const live: JsonObject = {
  metadata: { uid, generation: 7, annotations: { 'kubernetes.io/change-cause': 'deploy 1.1', team: 'shop' } },
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: 'web' }, annotations: { 'kubectl.kubernetes.io/restartedAt': 'before' } },
      spec: {
        containers: [{ name: 'web', image: 'registry.example/web:1.1' }],
        initContainers: [{ name: 'migrate', image: 'registry.example/migrate:1.1' }],
      },
    },
  },
};
const bare: JsonObject = {
  metadata: { uid, generation: 7 },
  spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } } },
};
const scaleOf = (spec: JsonObject): JsonObject => ({ metadata: { uid }, spec });
const nodeOf = (spec: JsonObject): JsonObject => ({ metadata: { uid }, spec });

function planned(action: Action, facts: Facts, snapshot: Json): Call {
  const result = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
  if (result.kind === 'refused') throw new Error(`refused: ${result.reason}`);
  expect(planSchema.parse(result.plan)).toEqual(result.plan);
  expect(result.plan.fieldManager).toBe(`firebreak/${remediationId}`);
  const [call] = result.plan.calls;
  if (call === undefined) throw new Error('a plan without a call');
  return call;
}

function patched(call: Call, object: Json): Json {
  if (call.kind !== 'patch') throw new Error(`expected a patch, not a ${call.kind}`);
  const after = applyPatch(object, call.operations);
  if (after === undefined) throw new Error('the patch was not applied');
  return after;
}

describe('patches', () => {
  type Case = [string, Action, Facts, JsonObject, Record<string, Json>, string];
  const cases: Case[] = [
    [
      'restart',
      restartOf(),
      deploymentFacts(),
      live,
      { [restartedAt]: noon },
      `Restart Deployment/web in shop by the annotation kubectl.kubernetes.io/restartedAt=${noon}.`,
    ],
    [
      'restart where there are no annotations',
      restartOf(),
      deploymentFacts(),
      bare,
      { [restartedAt]: noon },
      `Restart Deployment/web in shop by the annotation kubectl.kubernetes.io/restartedAt=${noon}.`,
    ],
    [
      'undo of a Deployment',
      undoOf(),
      deploymentFacts(revisions(withHash)),
      live,
      {
        '/spec/template': oldTemplate,
        '/metadata/annotations/team': 'shop',
        '/metadata/annotations/kubernetes.io~1change-cause': `undo to revision 2 (firebreak/${remediationId})`,
      },
      'Put the template of revision 2 (ReplicaSet/web-b) back into Deployment/web in shop.',
    ],
    [
      'undo of a Deployment without a change cause',
      undoOf(),
      deploymentFacts(revisions(withHash)),
      bare,
      { '/spec/template': oldTemplate },
      'Put the template of revision 2 (ReplicaSet/web-b) back into Deployment/web in shop.',
    ],
    [
      'pause',
      pauseIn(),
      deploymentFacts(),
      live,
      { '/spec/paused': true },
      'Pause the rollout of Deployment/web in shop.',
    ],
    [
      'scale',
      scaleTo(5),
      deploymentFacts(),
      scaleOf({ replicas: 3 }),
      { '/spec/replicas': 5 },
      'Scale Deployment/web in shop from 3 to 5.',
    ],
    [
      'scale from zero, which the scale object leaves out',
      scaleTo(2),
      deploymentFacts({ desired: 0 }),
      scaleOf({}),
      { '/spec/replicas': 2 },
      'Scale Deployment/web in shop from 0 to 2.',
    ],
    [
      'set image',
      setImageTo('web:2'),
      deploymentFacts(),
      live,
      { '/spec/template/spec/containers/0/image': 'web:2' },
      'Set the image of web from registry.example/web:1.1 to web:2 in Deployment/web in shop.',
    ],
    [
      'set image of an init container',
      setImageTo('migrate:2', 'migrate'),
      deploymentFacts(),
      live,
      { '/spec/template/spec/initContainers/0/image': 'migrate:2' },
      'Set the image of migrate from registry.example/migrate:1.1 to migrate:2 in Deployment/web in shop.',
    ],
    ['cordon', cordonNode, nodeFacts(), nodeOf({}), { '/spec/unschedulable': true }, 'Cordon Node/worker-1.'],
  ];

  it.each(cases)('%s', (_name, action, facts, object, fields, sentence) => {
    const call = planned(action, facts, object);
    const after = patched(call, object);
    const seen = Object.fromEntries(Object.keys(fields).map((path) => [path, lookUp(after, path)]));
    expect(seen).toEqual(fields);
    expect(call.sentence).toBe(sentence);
  });

  it.each(cases)('%s is recognised once done, and not before', (_name, action, facts, object) => {
    const call = planned(action, facts, object);
    expect(isRecognised(call, object)).toBe(false);
    expect(isRecognised(call, patched(call, object))).toBe(true);
  });

  it.each(cases)('%s applies to no other object of the name', (_name, action, facts, object) => {
    const call = planned(action, facts, object);
    const metadata = {
      ...(lookUp(object, '/metadata') === undefined ? {} : { generation: 7 }),
      uid: 'another',
    };
    const twin = { ...object, metadata };
    expect(call.kind === 'patch' && applyPatch(twin, call.operations)).toBeUndefined();
    expect(isRecognised(call, patched(call, object))).toBe(true);
  });

  it.each<[string, Action, Facts, JsonObject, string]>([
    [
      'resume',
      resumeIn(),
      deploymentFacts({ paused: true }),
      { metadata: { uid, generation: 7 }, spec: { paused: true } },
      '/spec/paused',
    ],
    ['scale to zero', scaleTo(0), deploymentFacts(), scaleOf({ replicas: 3 }), ''],
    [
      'uncordon',
      uncordonNode,
      nodeFacts({ unschedulable: true }),
      nodeOf({ unschedulable: true }),
      '/spec/unschedulable',
    ],
  ])('%s is recognised by the field that the server leaves out', (_name, action, facts, object, gone) => {
    const call = planned(action, facts, object);
    const after = patched(call, object);
    if (gone !== '') expect(lookUp(after, gone)).toBeUndefined();
    expect(isRecognised(call, object)).toBe(false);
    expect(isRecognised(call, { ...object, spec: {} })).toBe(true);
  });
});

describe('guards', () => {
  const image = { ...live, spec: { template: { spec: { containers: [{ name: 'web', image: 'web:9' }] } } } };
  const moved = { ...live, spec: { template: { spec: { containers: [{ name: 'proxy', image: 'x' }] } } } };
  it.each<[string, Action, Facts, JsonObject, JsonObject]>([
    [
      'restart: the spec has changed',
      restartOf(),
      deploymentFacts(),
      live,
      { ...live, metadata: { uid, generation: 8 } },
    ],
    [
      'undo: the spec has changed',
      undoOf(),
      deploymentFacts(revisions(withHash)),
      live,
      { ...live, metadata: { uid, generation: 8 } },
    ],
    ['scale: somebody else has scaled', scaleTo(5), deploymentFacts(), live, scaleOf({ replicas: 4 })],
    [
      'scale from zero: somebody else has scaled',
      scaleTo(5),
      deploymentFacts({ desired: 0 }),
      scaleOf({}),
      scaleOf({ replicas: 1 }),
    ],
    ['set image: another image', setImageTo('web:2'), deploymentFacts(), live, image],
    ['set image: another container at the index', setImageTo('web:2'), deploymentFacts(), live, moved],
    ...(
      [
        ['set image', setImageTo('web:2')],
        ['pause', pauseIn()],
      ] as const
    ).map(([verb, action]): [string, Action, Facts, JsonObject, JsonObject] => [
      `${verb}: done and put back since`,
      action,
      deploymentFacts(),
      live,
      { ...live, metadata: { uid, generation: 9 } },
    ]),
    ['pause: already paused', pauseIn(), deploymentFacts(), live, { ...live, spec: { paused: true } }],
    ['cordon: already cordoned', cordonNode, nodeFacts(), nodeOf({}), nodeOf({ unschedulable: true })],
  ])('%s', (_name, action, facts, seen, changed) => {
    const call = planned(action, facts, seen);
    expect(call.kind === 'patch' && applyPatch(changed, call.operations)).toBeUndefined();
  });
});

describe('other calls', () => {
  const data = { spec: { template: { ...oldTemplate, $patch: 'replace' } } };
  const facts = statefulSetFacts({
    revisions: [{ revision: 2, source: 'ControllerRevision/web-b', template: data }],
  });

  it.each(['StatefulSet', 'DaemonSet'] as const)(
    'undo of a %s sends the ControllerRevision as it is',
    (kind) => {
      const call = planned(undoOf(kind), facts, live);
      expect(call).toMatchObject({
        kind: 'strategicMerge',
        ref: { apiVersion: 'apps/v1', resource: `${kind.toLowerCase()}s`, namespace: 'shop', name: 'web' },
        uid,
        body: data,
        // What a strategic merge patch cannot test itself is tested before it is sent.
        unchanged: [{ op: 'test', path: '/metadata/generation', value: 7 }],
      });
      expect(isRecognised(call, live)).toBe(false);
      expect(isRecognised(call, { metadata: { uid }, spec: { template: oldTemplate } })).toBe(true);
    },
  );

  it('deletes a pod by uid', () => {
    expect(planned(deletePodIn(), podFacts(), { metadata: { uid } })).toEqual({
      kind: 'delete',
      ref: { apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: 'web-0' },
      uid,
      recognise: { kind: 'gone', uid },
      sentence: 'Delete Pod/web-0 in shop; ReplicaSet/web-c starts another.',
    });
  });

  it('scales through the subresource', () => {
    const ref = {
      apiVersion: 'apps/v1',
      resource: 'deployments',
      namespace: 'shop',
      name: 'web',
      subresource: 'scale',
    };
    expect(planned(scaleTo(5), deploymentFacts(), live).ref).toEqual(ref);
  });
});

describe('refusals', () => {
  it.each<[string, Action, Facts, Json, string]>([
    [
      'a snapshot of another object',
      restartOf(),
      deploymentFacts(),
      { metadata: { uid: 'another' } },
      'The snapshot of Deployment/web in shop is of another object than its facts.',
    ],
    [
      'facts of something else',
      restartOf(),
      nodeFacts(),
      {},
      'The facts of Deployment/web in shop are those of a node.',
    ],
    [
      'restart while paused',
      restartOf(),
      deploymentFacts({ paused: true }),
      live,
      'Deployment/web is paused: a restart would do nothing. Resume it first.',
    ],
    [
      'a template that was not read',
      undoOf('Deployment', 1),
      deploymentFacts(),
      live,
      'Deployment/web in shop cannot be undone: the template of revision 1 could not be read from ReplicaSet/web-a.',
    ],
    [
      'a template that runs already',
      undoOf(),
      deploymentFacts(revisions(withHash)),
      { metadata: { uid }, spec: { template: oldTemplate } },
      'Deployment/web in shop already runs the template of revision 2.',
    ],
    [
      'an undo without history',
      undoOf(),
      deploymentFacts({ revisions: [] }),
      live,
      'Deployment/web cannot be undone: there is no revision before 3, the live one.',
    ],
    [
      'another number of replicas than expected',
      { ...scaleTo(5), currentReplicas: 2 },
      deploymentFacts(),
      live,
      'Expected Deployment/web to have 2 replicas, it has 3.',
    ],
    ['the same number', scaleTo(3), deploymentFacts(), live, 'Deployment/web already has 3 replicas.'],
    [
      'no such container',
      setImageTo('x:1', 'cache'),
      deploymentFacts(),
      live,
      'Deployment/web has no container cache; it has migrate, web.',
    ],
    [
      'a bare pod',
      deletePodIn(),
      barePodFacts(),
      {},
      'Pod/web-0 has no controller: nothing would bring it back.',
    ],
    [
      'a static pod',
      deletePodIn(),
      podFacts({ mirror: true }),
      {},
      'Pod/web-0 mirrors a static pod: deleting it restarts nothing, the kubelet of its node runs it.',
    ],
    [
      'cordoned twice',
      cordonNode,
      nodeFacts({ unschedulable: true }),
      {},
      'Node/worker-1 is already cordoned.',
    ],
    ['uncordoned twice', uncordonNode, nodeFacts(), {}, 'Node/worker-1 is not cordoned.'],
    ['paused twice', pauseIn(), deploymentFacts({ paused: true }), live, 'Deployment/web is already paused.'],
    ['resumed twice', resumeIn(), deploymentFacts(), live, 'Deployment/web is not paused.'],
  ])('%s', (_name, action, facts, snapshot, reason) => {
    expect(planExecution({ action, facts, snapshot, remediationId, stamp: noon })).toEqual({
      kind: 'refused',
      reason,
    });
  });
});
