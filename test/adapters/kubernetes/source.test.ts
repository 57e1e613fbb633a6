import { expect, test } from 'vitest';
import type { Api } from '../../../src/adapters/kubernetes/client/api.ts';
import { anyObject } from '../../../src/adapters/kubernetes/client/objects.ts';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { readSource } from '../../../src/adapters/kubernetes/facts/source/read-source.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { deploymentFacts } from '../../fixtures/facts.ts';

const { signal } = new AbortController();
const target = { kind: 'Deployment', namespace: 'production', name: 'web' } as const;
const setImage: Action = { verb: 'set image', target, images: [{ container: 'web', image: 'web:2' }] };

type Objects = Readonly<Record<string, JsonObject>>;

const named = (path: string): { name: string; namespace?: string } => {
  const [namespace, name = ''] = (path.split(' ')[1] ?? '').split('/');
  return { name, ...(namespace === undefined ? {} : { namespace }) };
};

/** Answers with these objects, by `plural namespace/name`; whatever else is asked for is not there. */
function apiOf(objects: Objects, refused: readonly string[] = []): Api {
  return async ({ resource: { resource, namespace, name }, query }) => {
    const missing = (status: number, sentence: string) =>
      ({ kind: 'refusal', status, reason: 'x', sentence, warnings: [] }) as never;
    if (refused.includes(resource)) return missing(403, `${resource} may not be read.`);
    const kinds = Object.entries(objects).filter(([path]) => path.startsWith(`${resource} `));
    const whole = kinds.map(
      ([path, object]): Json => ({
        metadata: { uid: path, resourceVersion: '1', ...named(path), ...Object(object['metadata']) },
        ...Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'metadata')),
      }),
    );
    const wanted = query?.['fieldSelector']?.split('=')[1];
    const places = kinds.map(([path]) => named(path));
    const items = whole.filter(
      (_, index) =>
        (namespace === undefined || places[index]?.namespace === namespace) &&
        places[index]?.name === (name ?? wanted),
    );
    if (name === undefined && kinds.length === 0) return missing(404, 'not served');
    if (name === undefined) return { kind: 'ok', status: 200, body: { items }, warnings: [] };
    const [body] = items;
    if (body === undefined) return missing(404, `There is no ${resource} ${name}.`);
    return { kind: 'ok', status: 200, body, warnings: [] };
  };
}

const spec = { replicas: 3, template: { spec: { containers: [{ name: 'web', image: 'web:1' }] } } };
const imageOnly = { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } };
const managedFields = [
  {
    manager: 'argocd-controller',
    fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': imageOnly } } },
  },
  {
    manager: 'kube-controller-manager',
    subresource: 'scale',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  },
  { manager: 'kubelet', subresource: 'status', fieldsV1: { 'f:status': {} } },
];

function sourceOf(
  labels: Record<string, string>,
  annotations: Record<string, string>,
  api: Api,
  action: Action = setImage,
) {
  const own = { name: 'web', namespace: 'production', uid: 'u', resourceVersion: '1', managedFields };
  const raw = { metadata: { ...own, labels, annotations }, spec };
  const object = anyObject.parse(raw);
  const gitOps: Facts['gitOps'] = { manager: 'argo-cd', name: 'shop' };
  return readSource(
    createReader(api, signal),
    { action, facts: deploymentFacts({}, { gitOps }) },
    { object, raw },
  );
}

const argo = (app: Json, more: Objects = {}, mark = 'shop') =>
  sourceOf(
    {},
    { 'argocd.argoproj.io/tracking-id': `${mark}:apps/Deployment:production/web` },
    apiOf({ 'applications argocd/shop': app as JsonObject, ...more }),
  );

const repoURL = 'https://git.example/shop.git';
const source = { repoURL, targetRevision: 'main', path: './apps/web' };
const resources = [{ group: 'apps', kind: 'Deployment', namespace: 'production', name: 'web' }];
const held = { status: { resources } };
const place = {
  kind: 'git',
  owner: { kind: 'Application', namespace: 'argocd', name: 'shop' },
  repository: repoURL,
  revision: { kind: 'named', name: 'main' },
  path: 'apps/web',
  recurse: false,
  overrides: [],
  selfHeal: false,
};

const deployments = { group: 'apps', kind: 'Deployment' };
const everywhere = { ...deployments, jsonPointers: ['/spec/template/spec'] };

const paused = (was: Json) => ({
  'firebreak.dev/sync-paused': JSON.stringify({ remediation: 7, until: '2026-01-01T12:00:00Z', was }),
});

test.each<[string, Json, object]>([
  ['a branch and a folder', { spec: { source }, ...held }, place],
  [
    'self-heal, and what was applied last',
    {
      spec: { source, syncPolicy: { automated: { selfHeal: true } } },
      status: { resources, operationState: { phase: 'Succeeded', syncResult: { revision: 'abc' } } },
    },
    { ...place, selfHeal: true, applied: 'abc' },
  ],
  ...[{ selfHeal: true }, null].map((was): [string, Json, object] => [
    `self-heal ${was === null ? 'that there is none after' : 'after'} a pause by Firebreak`,
    { metadata: { annotations: paused(was) }, spec: { source, syncPolicy: {} }, ...held },
    { ...place, selfHeal: was !== null },
  ]),
  [
    'automated and switched off is no self-heal',
    { spec: { source, syncPolicy: { automated: { enabled: false, selfHeal: true } } }, ...held },
    place,
  ],
  [
    'HEAD is no branch',
    { spec: { source: { ...source, targetRevision: 'HEAD' } }, ...held },
    { ...place, revision: { kind: 'fixed', text: 'HEAD' } },
  ],
  [
    'nor is a commit',
    { spec: { source: { ...source, targetRevision: 'a'.repeat(40) } }, ...held },
    { ...place, revision: { kind: 'fixed', text: 'a'.repeat(40) } },
  ],
  [
    'a ref of a branch says that it is one',
    { spec: { source: { ...source, targetRevision: 'refs/heads/release' } }, ...held },
    { ...place, revision: { kind: 'branch', name: 'release' } },
  ],
  [
    'images of the Application itself are named',
    { spec: { source: { ...source, kustomize: { images: ['web:1'] } } }, ...held },
    { ...place, overrides: ['spec.source.kustomize.images'] },
  ],
  [
    'parameters of a chart as well',
    {
      spec: { source: { ...source, helm: { valueFiles: ['v.yaml'], parameters: [{ name: 'a' }] } } },
      ...held,
    },
    { ...place, valueFiles: ['v.yaml'], overrides: ['spec.source.helm.parameters'] },
  ],
  [
    'several sources are not chosen from',
    { spec: { sources: [source, source] }, ...held },
    { kind: 'unclear', reason: expect.stringContaining('2 sources') },
  ],
  [
    'what of each of several sources counts, without who logs in',
    {
      spec: {
        sources: [
          {
            repoURL: 'https://u:p@charts.example',
            chart: 'web',
            helm: { valueFiles: ['$v/a.yaml'], values: 'a: 1' },
          },
          { ...source, ref: 'v', kustomize: { images: ['a:1'] } },
        ],
      },
      ...held,
    },
    {
      kind: 'unclear',
      sources: [
        {
          ...{ repository: 'https://charts.example', path: '', valueFiles: ['$v/a.yaml'] },
          overrides: ['spec.sources[0].helm.values'],
        },
        {
          ...{ repository: repoURL, path: 'apps/web', ref: 'v', valueFiles: [] },
          overrides: ['spec.sources[1].kustomize.images'],
        },
      ],
    },
  ],
  [
    'that the top of one that lends its files makes something as well',
    { spec: { sources: [source, { repoURL, ref: 'v', path: './' }, { repoURL, ref: 'w' }] }, ...held },
    { kind: 'unclear', sources: [{ path: 'apps/web' }, { path: '.', ref: 'v' }, { path: '', ref: 'w' }] },
  ],
  [
    'a form that it names, whatever the folder has',
    { spec: { source: { ...source, directory: { recurse: true } } }, ...held },
    { ...place, recurse: true, form: 'directory' },
  ],
  [
    'an empty form as well',
    { spec: { source: { ...source, kustomize: {} } }, ...held },
    { ...place, form: 'kustomize' },
  ],
  [
    'a chart of a Helm repository is not in Git',
    { spec: { source: { ...source, chart: 'redis' } }, ...held },
    { kind: 'unclear', reason: expect.stringContaining('the chart redis') },
  ],
  [
    'a mark that was copied from another object',
    { spec: { source }, status: { resources: [{ kind: 'Deployment', namespace: 'other', name: 'web' }] } },
    { kind: 'unclear', reason: expect.stringContaining('does not list Deployment web') },
  ],
  [
    'an object of another group has the same kind and name',
    { spec: { source }, status: { resources: [{ ...deployments, group: 'apps.example', name: 'web' }] } },
    { kind: 'unclear', reason: expect.stringContaining('does not list Deployment web') },
  ],
  [
    'what it does not see a difference in',
    {
      spec: {
        source,
        ignoreDifferences: [{ ...deployments, jsonPointers: ['/spec/replicas'] }, everywhere],
      },
      ...held,
    },
    { ...place, overrides: ['spec.ignoreDifferences[1]'] },
  ],
  [
    'what somebody owns in whose part it does not see a difference, and what is of others',
    {
      spec: {
        source,
        ignoreDifferences: ['kube-controller-manager', 'kubelet', 'argocd-controller'].map((each) => ({
          ...{ group: '*', kind: '*' },
          managedFieldsManagers: [each],
        })),
      },
      ...held,
    },
    { ...place, overrides: ['spec.ignoreDifferences[2]'] },
  ],
  [
    'what it does not see a difference in, of a chart as well',
    { spec: { source: { ...source, chart: 'web' }, ignoreDifferences: [everywhere] }, ...held },
    { kind: 'unclear', overrides: ['spec.ignoreDifferences[0]'] },
  ],
])('Argo CD: %s', async (_name, app, expected) => {
  expect((await argo(app)).source).toMatchObject(expected);
});

test('Argo CD: of two Applications of one name the one that lists the object', async () => {
  const other = {
    spec: { source: { ...source, path: 'other' } },
    status: { resources: [{ kind: 'Service', name: 'x' }] },
  };
  const found = await argo({ spec: { source }, ...held }, { 'applications team/shop': other });
  expect(found.source).toEqual(place);
});

test('Argo CD: an Application of another namespace is marked with it', async () => {
  const found = await argo(
    { spec: {} },
    { 'applications team/web': { spec: { source }, ...held } },
    'team_web',
  );
  expect(found.source).toMatchObject({ kind: 'git', owner: { namespace: 'team', name: 'web' } });
});

test.each([
  ['no Application in this cluster', apiOf({}), 'may live in another cluster'],
  ['they may not be read', apiOf({}, ['applications']), 'may not be read'],
])('Argo CD: %s is said', async (_name, api, said) => {
  const found = await sourceOf({}, { 'argocd.argoproj.io/tracking-id': 'shop:x' }, api);
  expect(found.source).toMatchObject({ kind: 'unclear', reason: expect.stringContaining(said) });
});

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

test('what no GitOps tool holds has none', async () => {
  expect(await sourceOf({}, {}, apiOf({}))).toEqual({});
});

test.each([
  ['https://bot:hunter2hunter2@git.example/shop.git', repoURL],
  ['HTTPS://bot:p@ss@git.example/shop.git', 'HTTPS://git.example/shop.git'],
  ['https://gho_secretsecret@git.example/shop.git', repoURL],
  ['ssh://git@git.example/shop.git', 'ssh://git@git.example/shop.git'],
  ['ssh://git:hunter2@git.example/shop.git', 'ssh://git.example/shop.git'],
])('who logs in at a repository is not kept: %s', async (repoURLOfApp, repository) => {
  const app = { spec: { source: { ...source, repoURL: repoURLOfApp } }, ...held };
  expect((await argo(app)).source).toMatchObject({ repository });
  const chart = { spec: { source: { ...source, repoURL: repoURLOfApp, chart: 'redis' } }, ...held };
  expect((await argo(chart)).source).toMatchObject({
    reason: `it installs the chart redis from ${repository}, not from Git`,
  });
});
