import { describe, test } from 'vitest';
import {
  bare,
  base,
  check,
  image,
  inline,
  next,
  ofContainer,
  overlay,
  prod,
  replicas,
  type Shape,
  web,
} from './repository.ts';

const targeted = (more: string) =>
  `patches:\n- target: {kind: Deployment, ${more}}\n  patch: |-\n    - {op: replace, path: /spec/replicas, value: 6}\n`;

const shapes: Record<string, Shape> = {
  'two objects of a name, and a patch for the other namespace': {
    files: {
      'prod/kustomization.yaml': `resources: [web.yaml]\n${targeted('namespace: staging')}`,
      'prod/web.yaml': `${web}---\n${web.replace('namespace: shop', 'namespace: staging')}`,
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/web.yaml:9 replicas: 8'],
  },
  'two objects of a name, and a patch that names the other namespace itself': {
    files: {
      'prod/kustomization.yaml': 'resources: [web.yaml]\npatches: [{path: p.yaml}]\n',
      'prod/web.yaml': `${web}---\n${web.replace('namespace: shop', 'namespace: staging')}`,
      'prod/p.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: staging}\nspec: {replicas: 6}\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/web.yaml:9 replicas: 8'],
  },
  'a patch for another group': {
    files: overlay(targeted('group: batch')),
    source: prod,
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'a patch for another version': {
    files: overlay(targeted('version: v1beta1')),
    source: prod,
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'a patch for either of two names': {
    files: overlay(targeted('name: web|api')),
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/kustomization.yaml:5 - {op: replace, path: /spec/replicas, value: 8}'],
  },
  'a patch by the name that its own kustomization gives only after it': {
    files: overlay(`namePrefix: eu-\n${targeted('name: eu-web')}`),
    source: prod,
    object: { name: 'eu-web' },
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'a patch by a name that it had in between': {
    files: {
      ...base,
      'mid/kustomization.yaml': 'resources: [../base]\nnamePrefix: a-\n',
      'more/kustomization.yaml': 'resources: [../mid]\nnamePrefix: b-\n',
      'prod/kustomization.yaml': `resources: [../more]\n${targeted('name: a-web')}`,
    },
    source: prod,
    object: { name: 'b-a-web' },
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'an index into containers that a patch before has added to': {
    files: overlay(
      'patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {template: {spec: {containers: [{name: side, image: a}]}}}\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/template/spec/containers/0/image, value: "b:1"}\n',
    ),
    source: prod,
    fields: [next],
    becomes: /a JSON patch writes \/spec\/template\/spec\/containers\/0\/image/,
  },
  'an index after the same patch has put a container before it': {
    files: inline(
      '- {op: add, path: /spec/template/spec/containers/0, value: {name: side, image: a}}\n- {op: replace, path: /spec/template/spec/containers/0/image, value: "b:1"}',
    ),
    source: prod,
    fields: [next],
    becomes: /a JSON patch writes \/spec\/template\/spec\/containers\/0/,
  },
  ...Object.fromEntries(
    (
      [
        ['moves it away', '- {op: move, from: /spec/replicas, path: /spec/paused}', [replicas(8)]],
        ['moves what it is in away', '- {op: move, from: /spec, path: /status}', [replicas(8)]],
        [
          'copies it to elsewhere',
          '- {op: copy, from: /spec/template/spec/containers/0/image, path: /metadata/labels/image}',
          [next],
        ],
        [
          'moves an element of its list away',
          '- {op: move, from: /spec/template/spec/containers/0, path: /spec/template/spec/initContainers}',
          [next],
        ],
        ['wants it to be as it is', '- {op: test, path: /spec/replicas, value: 3}', [replicas(8)]],
        ['wants all to be as it is', '- {op: test, path: /spec, value: {replicas: 3}}', [replicas(8)]],
      ] as const
    ).map(([name, patch, fields]): [string, Shape] => [
      `a JSON patch that ${name}`,
      { files: inline(patch), source: prod, fields, becomes: /a JSON patch (takes|wants)/ },
    ]),
  ),
  'a JSON patch that moves and tests something else': {
    files: inline(
      '- {op: test, path: /metadata/name, value: web}\n- {op: move, from: /metadata/labels/a, path: /metadata/labels/b}',
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'only a custom resource of the same kind and name': {
    files: { ...overlay(''), 'base/web.yaml': bare.replace('apps/v1', 'example.org/v1') },
    source: prod,
    fields: [replicas(8)],
    becomes: /no file that prod builds makes Deployment web/,
  },
  'a tag of an entry that configurations of another base set elsewhere as well': {
    files: {
      ...overlay('images: [{name: registry.example/web, newTag: "1.2"}]\n'),
      'prod/kustomization.yaml':
        'resources: [../base, ../other]\nimages: [{name: registry.example/web, newTag: "1.2"}]\n',
      'other/kustomization.yaml': 'resources: [x.yaml]\nconfigurations: [c.yaml]\n',
      'other/x.yaml':
        'apiVersion: example.org/v1\nkind: X\nmetadata: {name: x}\nspec: {image: registry.example/web}\n',
      'other/c.yaml': 'images: [{path: spec/image, kind: X}]\n',
    },
    source: prod,
    fields: [next],
    becomes: /configurations may have prod\/kustomization\.yaml set more than the images/,
  },
  'a tag of an entry, and configurations that say nothing of images': {
    files: {
      ...overlay('configurations: [c.yaml]\nimages: [{name: registry.example/web, newTag: "1.2"}]\n'),
      'prod/c.yaml': 'nameReference: []\n',
    },
    source: prod,
    fields: [next],
    becomes: ['prod/kustomization.yaml:3 images: [{name: registry.example/web, newTag: "1.3"}]'],
  },
  'replicas of a kind that configurations of another base may name': {
    files: {
      'prod/kustomization.yaml': 'resources: [web.yaml, ../other]\nreplicas: [{name: web, count: 4}]\n',
      'prod/web.yaml': `${web}---\n${web.replace('apps/v1', 'argoproj.io/v1').replace('kind: Deployment', 'kind: Rollout')}`,
      'other/kustomization.yaml': 'resources: []\nconfigurations: [c.yaml]\n',
      'other/c.yaml': 'replicas: [{path: spec/replicas, kind: Rollout}]\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: /sets spec\.replicas of Rollout web in the same place/,
  },
  'a variable of the same name that a JSON patch appends': {
    files: inline(
      '- {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: LEVEL, value: x}}',
    ),
    source: prod,
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'warn' }],
    becomes: /a JSON patch writes \/spec\/template\/spec\/containers\/0\/env\/-/,
  },
  'a component before the one that brings the object': {
    files: {
      'prod/kustomization.yaml': 'components: [../tag, ../web]\n',
      'tag/kustomization.yaml': 'kind: Component\nimages:\n- name: registry.example/web\n  newTag: "9"\n',
      'web/kustomization.yaml': 'kind: Component\nresources: [web.yaml]\n',
      'web/web.yaml': bare,
    },
    source: prod,
    fields: [next],
    becomes: ['web/web.yaml:13 image: registry.example/web:1.3   # pinned'],
  },
  'an entry of images that finds the new name alone': {
    files: overlay('images: [{name: mirror.example/web, newTag: "9"}]\n'),
    source: prod,
    fields: [image('mirror.example/web:1.3')],
    becomes: /an entry of images finds the image by its new name as well/,
  },
  'an entry of images that is an expression': {
    files: overlay('images:\n- name: (.*)/web\n  newTag: "9"\n'),
    source: prod,
    fields: [next],
    becomes: /finds images by the expression \(\.\*\)\/web/,
  },
  'an entry of images with an empty tag': {
    files: overlay('images:\n- name: registry.example/web\n  newName: mirror.example/web\n  newTag: ""\n'),
    source: prod,
    fields: [image('mirror.example/web:1.3')],
    becomes: ['base/web.yaml:13 image: registry.example/web:1.3   # pinned'],
  },
  'an index into containers that a patch before has put in another order': {
    files: {
      'prod/kustomization.yaml':
        'resources: [web.yaml]\npatches:\n- patch: |-\n    kind: Deployment\n    metadata: {name: web}\n    spec: {template: {spec: {containers: [{name: side, tty: true}]}}}\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/template/spec/containers/0/image, value: "b:1"}\n',
      'prod/web.yaml': `${bare}        - name: side\n          image: a\n`,
    },
    source: prod,
    fields: [next],
    becomes: /a JSON patch writes \/spec\/template\/spec\/containers\/0\/image/,
  },
  'a tag that another object has from the same entry': {
    files: {
      'prod/kustomization.yaml':
        'resources: [web.yaml, worker.yaml]\nimages:\n- name: registry.example/web\n  newTag: "1.2"\n',
      'prod/web.yaml': web,
      'prod/worker.yaml': web.replace('name: web ', 'name: worker '),
    },
    source: prod,
    fields: [next],
    becomes:
      /prod\/kustomization\.yaml sets spec\.template\.spec\.containers\[app\]\.image of Deployment worker in the same place/,
  },
  'a tag that another container has from the same entry': {
    files: {
      'prod/kustomization.yaml':
        'resources: [web.yaml]\nimages:\n- name: registry.example/web\n  newTag: "1.2"\n',
      'prod/web.yaml': `${web}      initContainers:\n        - name: migrate\n          image: registry.example/web:1\n`,
    },
    source: prod,
    fields: [next],
    becomes:
      /sets spec\.template\.spec\.initContainers\[migrate\]\.image of Deployment web in the same place/,
  },
  'a tag of two containers that are both wanted so': {
    files: {
      'prod/kustomization.yaml':
        'resources: [web.yaml]\nimages:\n- name: registry.example/web\n  newTag: "1.2"\n',
      'prod/web.yaml': `${web}      initContainers:\n        - name: migrate\n          image: registry.example/web:1\n`,
    },
    source: prod,
    fields: [
      next,
      { ...next, path: ['spec', 'template', 'spec', 'initContainers', { name: 'migrate' }, 'image'] },
    ],
    becomes: ['prod/kustomization.yaml:4 newTag: "1.3"'],
  },
  'a patch for all Deployments': {
    files: {
      'prod/kustomization.yaml':
        'resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/replicas, value: 6}\n',
      'prod/web.yaml': `${web}---\n${web.replace('name: web ', 'name: api ')}`,
    },
    source: prod,
    fields: [replicas(8)],
    becomes: /prod\/kustomization\.yaml sets spec\.replicas of Deployment api in the same place/,
  },
  'replicas by a name that two kinds have': {
    files: {
      'prod/kustomization.yaml': 'resources: [web.yaml]\nreplicas:\n- {name: web, count: 4}\n',
      'prod/web.yaml': `${web}---\n${web.replace('kind: Deployment', 'kind: StatefulSet')}`,
    },
    source: prod,
    fields: [replicas(8)],
    becomes: /sets spec\.replicas of StatefulSet web in the same place/,
  },
  'already so, in a base that others use as well': {
    files: { ...overlay(''), 'staging/kustomization.yaml': 'resources: [../base]\n' },
    source: prod,
    fields: [replicas(3)],
    becomes: 'already',
  },
};

describe('what a patch or an entry of kustomize reaches', () => {
  test.each(Object.entries(shapes))('%s', (_, shape) => check(shape));
});
