import { expect, test } from 'vitest';
import { ownersOf, whoWrote } from '../../../src/adapters/kubernetes/writes/who-wrote.ts';
import type { LastingField } from '../../../src/domain/manifest/lasting.ts';

const at = (minute: number) => `2026-03-01T12:0${minute}:00Z`;
const containers = ['spec', 'template', 'spec', 'containers'];
const container = { name: 'web', image: 'web:2' };

/** A Deployment that several have written, as the API server says. */
const object = {
  metadata: {
    annotations: { 'a/b': 'c' },
    managedFields: [
      {
        manager: 'kubectl',
        time: at(1),
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:template': {
              'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
            },
          },
        },
      },
      {
        manager: 'argocd-controller',
        time: at(3),
        fieldsV1: {
          'f:spec': {
            'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } },
          },
        },
      },
      { manager: 'annotator', time: at(2), fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:a/b': {} } } } },
      {
        manager: 'kube-controller-manager',
        time: at(4),
        subresource: 'status',
        fieldsV1: { 'f:status': { 'f:replicas': {} } },
      },
    ],
  },
  spec: { replicas: 3, template: { spec: { containers: [{ name: 'log', image: 'log:1' }, container] } } },
};

test.each<[string, string, string | undefined]>([
  ['a field that one manager owns', '/spec/replicas', 'kubectl'],
  ['one that two own: the newest', '/spec/template/spec/containers/1/image', 'argocd-controller'],
  [
    'an entry that nobody owns: who wrote the object last, without its status',
    '/spec/template/spec/containers/0/image',
    'argocd-controller',
  ],
  ['a key with a slash', '/metadata/annotations/a~1b', 'annotator'],
  ['what is not there any more: who wrote last', '/metadata/annotations/gone', 'argocd-controller'],
])('%s', (_name, pointer, expected) => {
  expect(whoWrote(object, pointer)).toBe(expected);
});

test.each([
  [{}],
  [null],
  [{ metadata: { managedFields: [{ manager: '' }] } }],
  [{ metadata: { managedFields: [{ manager: 'x', fieldsV1: { 'k:{': 1 } }] } }],
])('nothing breaks on %j', (odd) => {
  expect([undefined, 'x']).toContain(whoWrote(odd, '/spec/replicas'));
});

test.each<[string, LastingField['path'], readonly string[]]>([
  ['a field', ['spec', 'replicas'], ['kubectl']],
  ['one of an entry of a list', [...containers, { name: 'web' }, 'image'], ['kubectl', 'argocd-controller']],
  ['one of an entry that nobody owns', [...containers, { name: 'log' }, 'image'], []],
  ['one of an entry that is not there', [...containers, { name: 'new' }, 'image'], []],
  ['what is not there', ['metadata', 'annotations', 'gone'], []],
  ['a key with a slash', ['metadata', 'annotations', 'a/b'], ['annotator']],
])('%s: who owns it', (_name, path, owners) => {
  expect(ownersOf(object, path)).toEqual(owners);
});
