import { expect, test } from 'vitest';
import type { GitSource, ManifestSource } from '../../../src/domain/facts/manifest-source.ts';
import { gitOpsPolicy } from '../../../src/domain/policy/repositories.ts';
import { placeOf } from '../../../src/stages/locate/place.ts';
import { caseOf } from '../../fixtures/git.ts';

const hosts = [{ host: 'git.example', kind: 'git' }];
const source: GitSource = {
  kind: 'git',
  owner: { kind: 'Application', namespace: 'argocd', name: 'shop' },
  repository: 'https://git.example/shop',
  revision: { kind: 'named', name: 'main' },
  path: 'apps',
  recurse: false,
  overrides: [],
  selfHeal: true,
};
const mapping = {
  match: { namespaces: ['shop'] },
  repository: 'https://git.example/other',
  branch: 'release',
  path: 'web/',
  form: 'kustomize',
};
const byHand = (said: string) => ({ kind: 'by hand', reason: expect.stringContaining(said) });

test.each<[string, ManifestSource | undefined, object, object]>([
  ['nothing without a host on the list', source, {}, { kind: 'none' }],
  ['nothing where no repository has a say', undefined, { hosts }, { kind: 'none' }],
  [
    'what the cluster says',
    source,
    { hosts },
    { kind: 'place', place: { repository: source.repository, branch: 'main', path: 'apps', selfHeal: true } },
  ],
  [
    "the policy's mapping, with who applies it from the cluster",
    source,
    { hosts, repositories: [mapping] },
    {
      kind: 'place',
      place: {
        repository: mapping.repository,
        branch: 'release',
        path: 'web',
        form: 'kustomize',
        owner: source.owner,
      },
    },
  ],
  [
    'the mapping where the cluster has several sources',
    { kind: 'unclear', reason: 'it has 2 sources' },
    { hosts, repositories: [mapping] },
    { kind: 'place', place: { branch: 'release' } },
  ],
  [
    'no mapping of other labels',
    undefined,
    { hosts, repositories: [{ ...mapping, match: { labels: { app: 'else' } } }] },
    { kind: 'none' },
  ],
  [
    'no mapping of another kind',
    source,
    { hosts, repositories: [{ ...mapping, match: { kinds: ['StatefulSet'] } }] },
    { kind: 'place', place: { branch: 'main' } },
  ],
  [
    'no mapping of another cluster',
    source,
    { hosts, repositories: [{ ...mapping, match: { cluster: 'elsewhere', namespaces: ['shop'] } }] },
    { kind: 'place', place: { branch: 'main' } },
  ],
  [
    'the mapping of its cluster before one of all clusters',
    source,
    {
      hosts,
      repositories: [
        { ...mapping, match: { cluster: caseOf(source).facts.cluster }, branch: 'of-the-cluster' },
        mapping,
      ],
    },
    { kind: 'place', place: { branch: 'of-the-cluster' } },
  ],
  [
    'that a place is not clear',
    { kind: 'unclear', reason: 'it has 2 sources' },
    { hosts },
    byHand('it has 2 sources'),
  ],
  [
    'that HEAD is no branch',
    { ...source, revision: { kind: 'fixed', text: 'HEAD' } },
    { hosts },
    byHand('HEAD, which is no branch'),
  ],
  ['that a chart needs a table', { ...source, valueFiles: [] }, { hosts }, byHand('which value sets what')],
  [
    'that the owner changes what the files say, mapping or not',
    { ...source, overrides: ['spec.source.kustomize.images'] },
    { hosts, repositories: [mapping] },
    byHand('spec.source.kustomize.images'),
  ],
])('finds %s', (_name, where, policy, expected) => {
  expect(placeOf(caseOf(where), gitOpsPolicy.parse(policy))).toMatchObject(expected);
});

const chart: GitSource = { ...source, repository: 'https://git.example/other', path: 'charts/web' };
const values = 'charts/web/values.yaml';
const helm = {
  ...mapping,
  path: 'charts/web',
  form: 'helm',
  keys: [{ field: 'spec.replicas', key: 'replicas' }],
};
const one = (more: object) => ({
  ...{ repository: 'https://charts.example', path: '', valueFiles: [], overrides: [] },
  ...more,
});
const unclear = (...sources: object[]): ManifestSource =>
  ({ kind: 'unclear', owner: source.owner, reason: 'it has 2 sources', sources: sources.map(one) }) as never;
const here = { repository: 'git@git.example:other.git' };
const refers = (...valueFiles: string[]) =>
  unclear(
    { valueFiles },
    { ...here, ref: 'v' },
    { path: 'else', overrides: ['spec.sources[2].helm.values'] },
  );
const at = (place: object) => ({ kind: 'place', place });

test.each<[string, ManifestSource, object, object]>([
  ['those of its chart alone', chart, helm, at({ under: [], over: [] })],
  [
    'those that its owner gives after them',
    { ...chart, valueFiles: ['./../prod.yaml', '/top.yaml'] },
    helm,
    at({ under: [], over: ['charts/prod.yaml', 'top.yaml'] }),
  ],
  [
    'those before, where the mapping is to one of several',
    { ...chart, valueFiles: ['a.yaml', 'b.yaml', 'c.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    at({ under: [values, 'charts/web/a.yaml'], over: ['charts/web/c.yaml'] }),
  ],
  [
    'none that has no known name',
    { ...chart, valueFiles: ['https://x.example/v.yaml'] },
    helm,
    byHand('takes the values of https://x.example/v.yaml over those of charts/web/values.yaml'),
  ],
  [
    'none by a pattern',
    { ...chart, valueFiles: ['env-*.yaml'] },
    helm,
    byHand('the values of env-*.yaml over'),
  ],
  [
    'none of a variable',
    { ...chart, valueFiles: ['$ENV.yaml'] },
    helm,
    byHand('the values of $ENV.yaml over'),
  ],
  [
    'none that its owner does not take',
    { ...chart, valueFiles: ['a.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    byHand('Application argocd/shop does not take the values of charts/web/b.yaml'),
  ],
  [
    'none that may be among others',
    { ...chart, valueFiles: ['*.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    byHand('whether charts/web/b.yaml is among them is not known'),
  ],
  [
    'of another repository',
    { ...chart, repository: 'https://git.example/x' },
    helm,
    at({ path: 'charts/web' }),
  ],
  [
    'of another source that refers to them',
    refers('$v/envs/all.yaml', '$v/envs/prod.yaml'),
    { ...helm, values: 'envs/all.yaml' },
    at({ under: [], over: ['envs/prod.yaml'] }),
  ],
  [
    'of another source that has more of its own',
    refers('$v/envs/all.yaml', 'prod.yaml'),
    { ...helm, values: 'envs/all.yaml' },
    byHand('takes the values of prod.yaml over those of envs/all.yaml'),
  ],
  [
    'not those of two sources',
    unclear({ valueFiles: ['$v/a.yaml'] }, { valueFiles: ['$v/a.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, values: 'a.yaml' },
    byHand('a.yaml is read for several sources of Application argocd/shop'),
  ],
  [
    'not where the one of several that takes them has parameters',
    unclear(
      { valueFiles: ['$v/a.yaml'], overrides: ['spec.sources[0].helm.parameters'] },
      { ...here, ref: 'v' },
    ),
    { ...helm, values: 'a.yaml' },
    byHand('changes by itself what the files say: spec.sources[0].helm.parameters'),
  ],
])('finds values: %s', (_name, where, to, expected) => {
  expect(placeOf(caseOf(where), gitOpsPolicy.parse({ hosts, repositories: [to] }))).toMatchObject(expected);
});

test.each<[string, ManifestSource, object, object]>([
  [
    'images of the source that it is to',
    unclear({ ...here, path: 'web', overrides: ['spec.sources[0].kustomize.images'] }, { path: 'x' }),
    mapping,
    byHand('spec.sources[0].kustomize.images'),
  ],
  [
    'images of a folder below',
    unclear({ ...here, path: 'web/prod', overrides: ['spec.sources[0].kustomize.images'] }, {}),
    mapping,
    byHand('spec.sources[0].kustomize.images'),
  ],
  [
    'images of one of them, where it is to none',
    unclear({ overrides: ['spec.sources[0].kustomize.images'] }, {}),
    mapping,
    byHand('spec.sources[0].kustomize.images'),
  ],
  [
    'not images of another folder',
    unclear(
      { ...here, path: 'web' },
      { ...here, path: 'api', overrides: ['spec.sources[1].kustomize.images'] },
    ),
    mapping,
    at({ path: 'web' }),
  ],
  [
    'values of a HelmRelease that nothing makes',
    { kind: 'unclear', reason: 'x', overrides: ['spec.values'] },
    helm,
    byHand('Its owner changes by itself what the files say: spec.values'),
  ],
  [
    'not values that the mapping itself is to',
    unclear({ overrides: ['spec.source.helm.valuesObject'] }),
    { ...helm, keys: [{ field: 'spec.replicas', key: 'spec.source.helm.valuesObject.replicas' }] },
    at({ form: 'helm' }),
  ],
  [
    'how its folder becomes objects',
    { ...chart, path: 'web', form: 'directory', recurse: false, ignore: 'x' },
    { ...plainMapping(), path: 'web/' },
    at({ form: 'directory', recurse: false, ignore: 'x' }),
  ],
  [
    'not how another folder does',
    { ...chart, path: 'else', form: 'directory', ignore: 'x' },
    plainMapping(),
    { kind: 'place', place: expect.not.objectContaining({ form: expect.anything() }) },
  ],
])('knows by a mapping of its owner: %s', (_name, where, to, expected) => {
  expect(placeOf(caseOf(where), gitOpsPolicy.parse({ hosts, repositories: [to] }))).toMatchObject(expected);
});

function plainMapping() {
  const { form: _form, ...rest } = mapping;
  return rest;
}

const found = (where: ManifestSource | undefined, policy: object) =>
  placeOf(caseOf(where), gitOpsPolicy.parse(policy));
const plain = { repository: 'https://git.example/other', branch: 'release', path: 'web' };

test.each<[string, ManifestSource | undefined, object, object]>([
  [
    'of the cluster, with how often its owner looks',
    { ...source, interval: '3m' },
    {},
    {
      ...{ repository: source.repository, branch: 'main', path: 'apps', recurse: false, keys: [] },
      ...{ owner: source.owner, selfHeal: true, interval: '3m' },
    },
  ],
  [
    'of the policy alone',
    undefined,
    { ...plain, repository: 'https://user:secret@git.example/other', path: 'web//app//' },
    { ...plain, path: 'web//app', recurse: true, keys: [], selfHeal: false },
  ],
  [
    'of the policy, with its values, which the cluster puts back',
    source,
    { ...plain, form: 'helm', values: 'values.yaml' },
    {
      ...{ ...plain, recurse: true, keys: [], form: 'helm', values: 'values.yaml' },
      ...{ owner: source.owner, selfHeal: true },
    },
  ],
  [
    'of the policy, with all it says and what the cluster knows',
    { ...source, interval: '3m', selfHeal: false },
    { ...plain, form: 'kustomize' },
    {
      ...{ ...plain, recurse: true, keys: [], form: 'kustomize' },
      ...{ owner: source.owner, selfHeal: false, interval: '3m' },
    },
  ],
])('the whole place %s', (_name, where, mapped, place) => {
  const repositories = 'branch' in mapped ? [{ match: { namespaces: ['shop'] }, ...mapped }] : [];
  expect(found(where, { hosts, repositories })).toMatchObject({ kind: 'place', place });
  const { place: whole } = { place: undefined, ...found(where, { hosts, repositories }) };
  expect(whole).toStrictEqual(place);
});

test.each<[string, object, boolean]>([
  ['its namespace', { namespaces: ['shop'] }, true],
  ['one of several namespaces', { namespaces: ['a', 'shop'] }, true],
  ['another namespace', { namespaces: ['a'] }, false],
  ['its kind', { kinds: ['Deployment'] }, true],
  ['another kind', { kinds: ['StatefulSet'] }, false],
  ['its namespace and another kind', { namespaces: ['shop'], kinds: ['StatefulSet'] }, false],
  ['another namespace and its kind', { namespaces: ['a'], kinds: ['Deployment'] }, false],
  ['a label that it has', { labels: { app: 'web' } }, true],
  ['a label with another value', { labels: { app: 'else' } }, false],
  ['a label that it has and one that it does not have', { labels: { app: 'web', nobody: 'has' } }, false],
  ['a label that it does not have', { labels: { nobody: 'has' } }, false],
  ['what every object has', { labels: { constructor: 'Object' } }, false],
])('a mapping of %s', (_name, match, isIts) => {
  expect(found(undefined, { hosts, repositories: [{ ...plain, match }] }).kind).toBe(
    isIts ? 'place' : 'none',
  );
});

test('no mapping of a namespace is one of what has none', () => {
  const { action, facts } = caseOf(undefined);
  const { namespace: _namespace, ...rest } = facts;
  const of = (match: object) =>
    placeOf({ action, facts: rest }, gitOpsPolicy.parse({ hosts, repositories: [{ ...plain, match }] }));
  expect(of({ namespaces: ['shop'] })).toEqual({ kind: 'none' });
  expect(of({ kinds: ['Deployment'] })).toMatchObject({ kind: 'place' });
});

test.each<[string, ManifestSource, string]>([
  [
    'that follows no branch',
    { ...source, revision: { kind: 'fixed', text: 'HEAD' } },
    "Application argocd/shop follows HEAD, which is no branch: the policy's gitOps.repositories has to name one.",
  ],
  [
    'that is a chart',
    { ...source, release: true },
    "Application argocd/shop is made by a chart: the policy's gitOps.repositories has to say which value sets what.",
  ],
  [
    'that has values of its own',
    { ...source, valueFiles: [] },
    "Application argocd/shop is made by a chart: the policy's gitOps.repositories has to say which value sets what.",
  ],
  [
    'that changes what the files say',
    { ...source, overrides: ['a', 'b'] },
    'Application argocd/shop changes by itself what the files say: a, b.',
  ],
  [
    'that nobody knows',
    { kind: 'unclear', reason: 'it has 2' },
    'Where its manifest lives is not known: it has 2.',
  ],
])('what is made by one %s is left to people', (_name, where, reason) => {
  expect(found(where, { hosts })).toEqual({ kind: 'by hand', reason });
});

test('of what a HelmRelease makes, the release holds the values', () => {
  const owner = { kind: 'HelmRelease', namespace: 'shop', name: 'web' } as const;
  const keys = [{ field: 'spec.replicas', key: 'replicaCount' }];
  const policy = gitOpsPolicy.parse({ hosts, repositories: [{ ...mapping, keys }] });
  const located = placeOf(caseOf({ ...source, owner, release: true }), policy);
  expect(located).toMatchObject({ kind: 'place', place: { release: { namespace: 'shop', name: 'web' } } });
});

test('a restart needs no repository', () => {
  const { facts } = caseOf(source);
  const target = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const judged = { action: { verb: 'rollout restart', target } as const, facts };
  expect(placeOf(judged, gitOpsPolicy.parse({ hosts }))).toEqual({ kind: 'none' });
});
