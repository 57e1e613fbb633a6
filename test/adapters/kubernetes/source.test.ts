import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { apiOf, type Objects, paused, sourceOf } from './sourced.ts';

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
  [
    'what was applied last, not what it is compared with by now',
    {
      spec: { source },
      status: {
        resources,
        sync: { status: 'OutOfSync', revision: 'def' },
        operationState: { phase: 'Succeeded', syncResult: { revision: 'abc' } },
      },
    },
    { ...place, applied: 'abc' },
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
