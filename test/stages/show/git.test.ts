import { expect, test } from 'vitest';
import type { ManifestSource } from '../../../src/domain/facts/manifest-source.ts';
import { gitText } from '../../../src/stages/show/git.ts';
import { caseOf } from '../../fixtures/git.ts';

const owner = { kind: 'Application', namespace: 'argocd', name: 'shop' } as const;
const git: ManifestSource = {
  kind: 'git',
  owner,
  repository: 'https://bot:token@git.example/shop.git',
  revision: { kind: 'branch', name: 'main' },
  path: 'apps/web',
  recurse: false,
  overrides: [],
  selfHeal: false,
};

test.each<[string, ManifestSource | undefined, string]>([
  ['nothing where no GitOps tool holds it', undefined, ''],
  [
    'who takes it from where, without who logs in there',
    git,
    'Application argocd/shop takes it from https://git.example/shop.git at main, apps/web.\nThe next sync undoes a change that only the cluster has.',
  ],
  [
    'that it is undone at once, and what else changes it',
    { ...git, path: '', selfHeal: true, overrides: ['spec.source.kustomize.images'] },
    'Application argocd/shop takes it from https://git.example/shop.git at main, the top folder.\nIt changes by itself what the files say (spec.source.kustomize.images).\nIt undoes a change that only the cluster has at once (self-heal).',
  ],
  [
    'why it is not known',
    { kind: 'unclear', owner, reason: 'it has 2 sources' },
    'Where its manifest lives is not known of Application argocd/shop: it has 2 sources.',
  ],
])('says %s', (_name, source, text) => {
  expect(gitText([caseOf(source)], undefined)).toBe(text);
});
