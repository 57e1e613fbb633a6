import { expect, test } from 'vitest';
import type { ManifestSource } from '../../../src/domain/facts/manifest-source.ts';
import { gitOpsPolicy } from '../../../src/domain/policy/repositories.ts';
import { placeOf } from '../../../src/stages/locate/place.ts';
import { caseOf } from '../../fixtures/git.ts';
import { byHand, hosts, mapping, source } from './application.ts';

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
  ...[{}, { repositories: [mapping] }].map((more): [string, ManifestSource, object, object] => [
    `what its host calls a request, ${'repositories' in more ? 'mapped' : 'as the cluster says'}`,
    source,
    { hosts: [{ host: 'git.example', kind: 'gitlab' }], ...more },
    { kind: 'place', place: { calls: 'merge request' } },
  ]),
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

const found = (where: ManifestSource | undefined, policy: object) =>
  placeOf(caseOf(where), gitOpsPolicy.parse(policy));
const plain = { repository: 'https://git.example/other', branch: 'release', path: 'web' };

test.each<[string, ManifestSource | undefined, object, object]>([
  [
    'of the cluster, with how often its owner looks',
    { ...source, interval: '3m', namespace: 'shop' },
    {},
    {
      ...{ repository: source.repository, branch: 'main', path: 'apps', recurse: false, keys: [] },
      ...{ owner: source.owner, selfHeal: true, interval: '3m', namespace: 'shop' },
    },
  ],
  [
    'of the policy alone',
    undefined,
    { ...plain, repository: 'https://user:secret@git.example/other', path: './web//app//' },
    { ...plain, path: 'web/app', recurse: true, keys: [], selfHeal: false },
  ],
  [
    'of the policy, with its values, which the cluster puts back',
    source,
    { ...plain, form: 'helm', values: './values.yaml' },
    {
      ...{ ...plain, recurse: true, keys: [], form: 'helm', values: 'values.yaml' },
      ...{ owner: source.owner, selfHeal: true },
    },
  ],
  [
    'of the cluster, with all that it says',
    { ...source, form: 'directory', ignore: '*.md', namespace: 'shop', interval: '3m' },
    {},
    {
      ...{ repository: source.repository, branch: 'main', path: 'apps', recurse: false, keys: [] },
      ...{ owner: source.owner, selfHeal: true, interval: '3m' },
      ...{ form: 'directory', ignore: '*.md', namespace: 'shop' },
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
    'that does not look at it',
    { ...source, overrides: ['spec.ignoreDifferences[0]'] },
    'Application argocd/shop does not see that the object differs from the files (spec.ignoreDifferences[0]), so that a merged change may never be applied.',
  ],
  [
    'that does not look at it and changes it',
    { ...source, overrides: ['a', 'spec.ignoreDifferences[0]'] },
    'Application argocd/shop changes by itself what the files say: a.',
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
