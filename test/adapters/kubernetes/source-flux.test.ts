import { expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { apiOf, type Objects, paused, sourceOf, target } from './sourced.ts';

const byKustomize = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};
const flux = (spec: JsonObject, repository: JsonObject, status: JsonObject = {}): Objects => ({
  'kustomizations flux-system/apps': {
    spec: { path: './apps', sourceRef: { kind: 'GitRepository', name: 'fleet' }, ...spec },
    status,
  },
  'gitrepositories flux-system/fleet': { spec: { url: 'ssh://git@git.example/fleet', ...repository } },
});
const fluxPlace = {
  kind: 'git',
  owner: { kind: 'Kustomization', namespace: 'flux-system', name: 'apps' },
  repository: 'ssh://git@git.example/fleet',
  revision: { kind: 'branch', name: 'main' },
  path: 'apps',
  selfHeal: true,
  overrides: [],
};

test.each<[string, Objects, object]>([
  ['a branch', flux({}, { ref: { branch: 'main' } }), fluxPlace],
  [
    'of a repository in another namespace',
    {
      ...flux({ sourceRef: { kind: 'GitRepository', name: 'fleet', namespace: 'other' } }, {}),
      'gitrepositories other/fleet': {
        spec: { url: 'https://git.example/other', ref: { branch: 'main' } },
      },
    },
    { ...fluxPlace, repository: 'https://git.example/other' },
  ],
  ['no ref is master', flux({}, {}), { ...fluxPlace, revision: { kind: 'branch', name: 'master' } }],
  [
    'a tag counts before the branch',
    flux({}, { ref: { branch: 'main', tag: 'v1' } }),
    { ...fluxPlace, revision: { kind: 'fixed', text: 'v1' } },
  ],
  [
    'suspended undoes nothing',
    flux({ suspend: true }, { ref: { branch: 'main' } }),
    { ...fluxPlace, selfHeal: false },
  ],
  [
    'patches of the Kustomization are named',
    flux({ patches: [{ patch: 'x' }] }, { ref: { branch: 'main' } }),
    { ...fluxPlace, overrides: ['spec.patches'] },
  ],
  [
    'the namespace that all of it gets',
    flux({ targetNamespace: 'production' }, { ref: { branch: 'main' } }),
    { ...fluxPlace, overrides: [], namespace: 'production' },
  ],
  [
    'a bucket is not Git',
    flux({ sourceRef: { kind: 'Bucket', name: 'fleet' } }, {}),
    { kind: 'unclear', reason: 'its source is Bucket fleet, not a Git repository' },
  ],
  [
    'its inventory does not have the object',
    flux({}, {}, { inventory: { entries: [{ id: 'production_api_apps_Deployment', v: 'v1' }] } }),
    { kind: 'unclear', reason: 'it does not list Deployment web as its own' },
  ],
  [
    'its inventory has one of another group',
    flux({}, {}, { inventory: { entries: [{ id: 'production_web_apps.example_Deployment', v: 'v1' }] } }),
    { kind: 'unclear', reason: 'it does not list Deployment web as its own' },
  ],
  [
    'its inventory has it',
    flux({}, {}, { inventory: { entries: [{ id: 'production_web_apps_Deployment', v: 'v1' }] } }),
    { kind: 'git' },
  ],
])('Flux: %s', async (_name, objects, expected) => {
  expect((await sourceOf(byKustomize, {}, apiOf(objects))).source).toMatchObject(expected);
});

test('Flux: a HelmRelease is followed to the Kustomization that makes it', async () => {
  const labels = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'production' };
  const objects = {
    ...flux({}, { ref: { branch: 'main' } }),
    'helmreleases production/shop': { metadata: { labels: byKustomize }, spec: {} },
  };
  const release = { kind: 'HelmRelease', namespace: 'production', name: 'shop' };
  const found = await sourceOf(labels, {}, apiOf(objects));
  expect(found.source).toMatchObject({ ...fluxPlace, owner: release, release: true, selfHeal: false });
});

test.each([
  ['was not suspended', null, true],
  ['says that it was not', false, true],
  ['was suspended before', true, false],
])('Flux: paused by Firebreak, it undoes changes afterwards if it %s', async (_name, was, selfHeal) => {
  const objects = flux({ suspend: true }, { ref: { branch: 'main' } });
  const own = 'kustomizations flux-system/apps';
  const marked = { ...objects, [own]: { ...objects[own], metadata: { annotations: paused(was) } } };
  expect((await sourceOf(byKustomize, {}, apiOf(marked))).source).toMatchObject({ selfHeal });
});

test.each<[string, 'label' | 'annotate', JsonObject, JsonObject, string[]]>([
  ['a label', 'label', { labels: { team: 'a' } }, {}, ['spec.commonMetadata.labels.team']],
  ['others', 'label', { labels: { teams: 'a' }, annotations: { team: 'a' } }, {}, []],
  ['an annotation', 'annotate', { annotations: { team: '1' } }, {}, ['spec.commonMetadata.annotations.team']],
  ['one by a HelmRelease', 'label', {}, { labels: { team: 'a' } }, ['spec.commonMetadata.labels.team']],
  ['one that only the HelmRelease has', 'label', { labels: { team: 'a' } }, { labels: {} }, []],
])('Flux: %s given to all objects', async (_name, verb, given, ofRelease, overrides) => {
  const action: Action = { verb, target, set: [{ key: 'team', value: 'b' }], remove: [], overwrite: true };
  const labels = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'production' };
  const objects = {
    ...flux({ commonMetadata: given }, { ref: { branch: 'main' } }),
    'helmreleases production/shop': {
      metadata: { labels: byKustomize },
      spec: { commonMetadata: ofRelease },
    },
  };
  const isOfRelease = Object.keys(ofRelease).length > 0;
  const found = await sourceOf(isOfRelease ? labels : byKustomize, {}, apiOf(objects), action);
  expect(found.source).toMatchObject({ overrides });
});

test.each<[string, Json, string, Objects?]>([
  ['valuesFrom', [{ kind: 'ConfigMap', name: 'values' }], 'spec.valuesFrom'],
  ['postRenderers', [{ kustomize: { images: [{ name: 'web', newTag: '2' }] } }], 'spec.postRenderers'],
  [
    'values',
    { replicas: 2 },
    'spec.values of HelmRelease production/shop',
    flux({ sourceRef: { kind: 'Bucket', name: 'fleet' } }, {}),
  ],
])('Flux: %s of a HelmRelease are named', async (key, value, named, above) => {
  const labels = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'production' };
  const objects = {
    ...(above ?? flux({}, { ref: { branch: 'main' } })),
    'helmreleases production/shop': { metadata: { labels: byKustomize }, spec: { [key]: value } },
  };
  const found = await sourceOf(labels, {}, apiOf(objects));
  expect(found.source).toMatchObject({ overrides: [named] });
});
