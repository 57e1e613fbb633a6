import { describe, expect, test } from 'vitest';
import { changeRepository } from '../../../src/adapters/gitops/change.ts';
import {
  bare,
  check,
  image,
  next,
  ofContainer,
  overlay,
  prod,
  replicas,
  type Shape,
  web,
} from './repository.ts';

const api = bare
  .replace('name: web ', 'name: api ')
  .replace('name: app', 'name: api')
  .replace('name: LEVEL', 'name: MODE');

const memory = { path: ofContainer('resources', 'limits', 'memory'), value: '512Mi' };
const level = { path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'warn' };

/** An entry of `patches` with one operation, which replaces a value of the first container. */
const indexed = (target: string, path: string, value: string) =>
  `- target: {${target}}\n  patch: |-\n    - {op: replace, path: /spec/template/spec/containers/0/${path}, value: ${value}}\n`;

/** A strategic merge patch that gives a Deployment another container. */
const added = (name: string) =>
  `- patch: |-\n    kind: Deployment\n    metadata: {name: ${name}}\n    spec: {template: {spec: {containers: [{name: side, image: a}]}}}\n`;

const two = (patches: string) => ({
  'prod/kustomization.yaml': `resources: [web.yaml, api.yaml]\nnamespace: shop\npatches:\n${patches}`,
  'prod/web.yaml': bare,
  'prod/api.yaml': api,
});

const named = (apiVersion: string, kind: string, more = '') => ({
  'prod/kustomization.yaml': `resources: [web.yaml, other.yaml]\nreplicas:\n- {name: web, count: 4}\n${more}`,
  'prod/web.yaml': web,
  'prod/other.yaml': `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\n`,
});

const unsized: readonly (readonly [string, string])[] = [
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['policy/v1', 'PodDisruptionBudget'],
];
const sized: readonly (readonly [string, string])[] = [
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'ReplicationController'],
];

const shapes: Record<string, Shape> = {
  ...Object.fromEntries(
    unsized.map(([apiVersion, kind]): [string, Shape] => [
      `replicas by a name that another object has as well: ${kind}`,
      {
        files: named(apiVersion, kind),
        source: prod,
        fields: [replicas(8)],
        becomes: ['prod/kustomization.yaml:3 - {name: web, count: 8}'],
      },
    ]),
  ),
  ...Object.fromEntries(
    sized.map(([apiVersion, kind]): [string, Shape] => [
      `replicas by a name that another object has as well: ${kind}`,
      {
        files: named(apiVersion, kind),
        source: prod,
        fields: [replicas(8)],
        becomes: new RegExp(`sets spec\\.replicas of ${kind} web in the same place`),
      },
    ]),
  ),
  'replicas of a kind that configurations may name': {
    files: named('argoproj.io/v1alpha1', 'Rollout', 'configurations: [rollouts.yaml]\n'),
    source: prod,
    fields: [replicas(8)],
    becomes: /sets spec\.replicas of Rollout web in the same place/,
  },
  'memory of the first container, whatever its name, of all Deployments': {
    files: two(indexed('kind: Deployment', 'resources/limits/memory', '384Mi')),
    source: prod,
    fields: [memory],
    becomes:
      /prod\/kustomization\.yaml sets spec\.template\.spec\.containers\[api\]\.resources\.limits\.memory of Deployment api in the same place/,
  },
  'the first variable, whatever its name, of all Deployments': {
    files: two(indexed('kind: Deployment', 'env/0/value', 'debug')),
    source: prod,
    fields: [level],
    becomes: /sets spec\.template\.spec\.containers\[api\]\.env\[MODE\]\.value of Deployment api in the same/,
  },
  'memory by an index into containers that another patch has added to, of the other object': {
    files: two(added('api') + indexed('kind: Deployment', 'resources/limits/memory', '384Mi')),
    source: prod,
    fields: [memory],
    becomes:
      /sets spec\.template\.spec\.containers\[api\]\.resources\.limits\.memory of Deployment api in the/,
  },
  'an image by an index into containers that another patch has added to, of the other object': {
    files: two(added('api') + indexed('kind: Deployment', 'image', '"b:1"')),
    source: prod,
    fields: [image('b:2')],
    becomes: /sets spec\.template\.spec\.containers\[api\]\.image of Deployment api in the same place/,
  },
  'memory that is doubtful in the other object for two patches, one of them the same': {
    files: two(
      added('api') +
        indexed('kind: Deployment', 'resources/limits/memory', '384Mi') +
        indexed('name: api', 'image', '"b:1"'),
    ),
    source: prod,
    fields: [memory],
    becomes: /of Deployment api in the same place/,
  },
  'an image of a container that a patch gives to all Deployments': {
    files: two(
      '- target: {kind: Deployment}\n  patch: |-\n    kind: Deployment\n    metadata: {name: any}\n    spec: {template: {spec: {containers: [{name: app, image: "b:1"}]}}}\n',
    ),
    source: prod,
    fields: [image('b:2')],
    becomes: /sets spec\.template\.spec\.containers\[app\]\.image of Deployment api in the same place/,
  },
  'memory by an index, and another patch that is unclear in the other object': {
    files: two(
      added('api') +
        indexed('name: api', 'image', '"b:1"') +
        indexed('name: web', 'resources/limits/memory', '384Mi'),
    ),
    source: prod,
    fields: [memory],
    becomes: [
      'prod/kustomization.yaml:13 - {op: replace, path: /spec/template/spec/containers/0/resources/limits/memory, value: 512Mi}',
    ],
  },
  ...Object.fromEntries(
    [
      '/spec/template/spec/containers',
      '/spec/template/spec',
      '/spec/template',
      '/spec/template/spec/containers/-',
    ].map((path): [string, Shape] => [
      `${path}, after a patch has added to the containers`,
      {
        files: overlay(
          `patches:\n${added('web')}- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: ${path}, value: {}}\n`,
        ),
        source: prod,
        fields: [next],
        becomes: new RegExp(`a JSON patch writes ${path}$`),
      },
    ]),
  ),
  'what begins with the name of the list, after a patch has added to it': {
    files: overlay(
      `patches:\n${added('web')}- target: {kind: Deployment}\n  patch: |-\n    - {op: add, path: /spec/template/spec/containersOf, value: {}}\n`,
    ),
    source: prod,
    fields: [next],
    becomes: ['base/web.yaml:13 image: registry.example/web:1.3   # pinned'],
  },
};

describe('what a place of kustomize sets of others as well', () => {
  test.each(Object.entries(shapes))('%s', (_, shape) => check(shape));

  test('the first container of two Deployments that are both to have it', () => {
    const files = new Map(
      Object.entries(two(indexed('kind: Deployment', 'resources/limits/memory', '384Mi'))),
    );
    const named = { kind: 'Deployment', namespace: 'shop' };
    const first = { ...named, name: 'web', fields: [memory] };
    const path = ['spec', 'template', 'spec', 'containers', { name: 'api' }, 'resources', 'limits', 'memory'];
    const second = { ...named, name: 'api', fields: [{ path, value: '512Mi' }] };
    expect(changeRepository(files, prod, first, [first, second])).toMatchObject({
      kind: 'changes',
      lines: [{ file: 'prod/kustomization.yaml', line: 6 }],
    });
  });
});
