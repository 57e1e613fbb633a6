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

test('of what a HelmRelease makes, the release holds the values', () => {
  const owner = { kind: 'HelmRelease', namespace: 'shop', name: 'web' } as const;
  const keys = [{ field: 'spec.replicas', key: 'replicaCount' }];
  const policy = gitOpsPolicy.parse({ hosts, repositories: [{ ...mapping, keys }] });
  const found = placeOf(caseOf({ ...source, owner, release: true }), policy);
  expect(found).toMatchObject({ kind: 'place', place: { release: { namespace: 'shop', name: 'web' } } });
});

test('a restart needs no repository', () => {
  const { facts } = caseOf(source);
  const target = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const judged = { action: { verb: 'rollout restart', target } as const, facts };
  expect(placeOf(judged, gitOpsPolicy.parse({ hosts }))).toEqual({ kind: 'none' });
});
