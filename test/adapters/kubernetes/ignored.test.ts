import { expect, test } from 'vitest';
import type { Held } from '../../../src/adapters/kubernetes/facts/source/held.ts';
import { ignored, mayIgnore } from '../../../src/adapters/kubernetes/facts/source/ignored.ts';

const held: Held = {
  ...{ group: 'apps', kind: 'Deployment', namespace: 'production', name: 'web' },
  fields: [
    {
      path: ['spec', 'template', 'spec', 'containers', { name: 'web' }, 'image'],
      owners: ['argocd-controller'],
    },
  ],
};
const deployments = { group: 'apps', kind: 'Deployment' };
const everywhere = { ...deployments, jsonPointers: ['/spec/template/spec'] };
const jq = (...jqPathExpressions: string[]) => ({ ...deployments, jqPathExpressions });

test.each<[string, object, boolean]>([
  ['above it', everywhere, true],
  ['as a whole', { ...deployments, jsonPointers: [''] }, true],
  ['by its place', { ...deployments, jsonPointers: ['/spec/template/spec/containers/0/image'] }, true],
  ['beside it', { ...deployments, jsonPointers: ['/spec/replicas', '/spec/template/metadata'] }, false],
  ['below it', { ...deployments, jsonPointers: ['/spec/template/spec/containers/0/image/x'] }, false],
  ['by a key with a slash', { ...deployments, jsonPointers: ['/spec~1template'] }, false],
  ['of every container', jq('.spec.template.spec.containers[].image'), true],
  ['of every container, by steps', jq('.spec | .template."spec"["containers"] | .[]? | .image'), true],
  ['of its container', jq('.spec.template.spec.containers[] | select(.name == "web") | .image'), true],
  ['of another', jq('.spec.template.spec.containers[] | select(.name == "proxy")'), false],
  ['of one of them', jq('.spec.template.spec.containers[] | select(.name | startswith("p"))'), true],
  ['of another field', jq('.spec.template.spec.containers[].resources', '.metadata.annotations'), false],
  ['of several fields', jq('.spec.replicas, .spec.template'), true],
  ['of any depth', jq('..|.image?'), true],
  ['of another object', { ...everywhere, name: 'api' }, false],
  ['of another namespace', { ...everywhere, namespace: 'shop' }, false],
  ['of another kind', { ...everywhere, kind: 'StatefulSet' }, false],
  ['of no group', { kind: 'Deployment', jsonPointers: ['/spec'] }, false],
  ['of every kind', { ...everywhere, group: '*', kind: '*', name: 'web', namespace: 'production' }, true],
  ['of who owns it', { ...deployments, managedFieldsManagers: ['argocd-controller'] }, true],
  ['of who does not own it', { ...deployments, managedFieldsManagers: ['kubelet'] }, false],
])('Argo CD ignores differences %s', (_name, entry, isIgnored) => {
  expect(mayIgnore(ignored.parse(entry), held)).toBe(isIgnored);
});
