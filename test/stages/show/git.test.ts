import { expect, test } from 'vitest';
import type { ManifestSource } from '../../../src/domain/facts/manifest-source.ts';
import type { GitChange } from '../../../src/domain/manifest/git-change.ts';
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
    'Application argocd/shop takes it from https://git.example/shop.git at main, apps/web.\nThe next sync undoes what only the cluster has.',
  ],
  [
    'that it is undone at once, and what else changes it',
    { ...git, path: '', selfHeal: true, overrides: ['spec.source.kustomize.images'] },
    'Application argocd/shop takes it from https://git.example/shop.git at main, the top folder.\nIt changes by itself what the files say (spec.source.kustomize.images).\nIt undoes at once (self-heal) what only the cluster has, unless it is paused.',
  ],
  [
    'what it does not see, apart from what it changes',
    { ...git, overrides: ['spec.ignoreDifferences[0]', 'spec.source.kustomize.images'] },
    'Application argocd/shop takes it from https://git.example/shop.git at main, apps/web.\nIt changes by itself what the files say (spec.source.kustomize.images).\nIt does not see that the object differs from the files (spec.ignoreDifferences[0]).\nThe next sync undoes what only the cluster has.',
  ],
  [
    'only what it does not see',
    { ...git, overrides: ['spec.ignoreDifferences[0]'] },
    'Application argocd/shop takes it from https://git.example/shop.git at main, apps/web.\nIt does not see that the object differs from the files (spec.ignoreDifferences[0]).\nThe next sync undoes what only the cluster has.',
  ],
  [
    'why it is not known',
    { kind: 'unclear', owner, reason: 'it has 2 sources' },
    'Where its manifest lives is not known of Application argocd/shop: it has 2 sources.',
  ],
])('says %s', (_name, source, text) => {
  expect(gitText([caseOf(source)], undefined)).toBe(text);
});

const place = {
  ...{ repository: 'https://bot:token@git.example/shop.git', branch: 'main', path: 'apps', recurse: false },
  ...{ keys: [], owner, selfHeal: true },
};
const base = 'a'.repeat(40);

test.each<[string, GitChange, string]>([
  [
    'the file, the line and the difference, and what becomes of a change without it',
    {
      kind: 'request',
      place,
      base,
      lines: [{ file: 'apps/web.yaml', line: 5, before: '  replicas: 3', after: '  replicas: 5' }],
    },
    'https://git.example/shop.git, branch main\napps/web.yaml:5\n- replicas: 3\n+ replicas: 5\nApplication argocd/shop applies it. It undoes at once (self-heal) what only the cluster has, unless it is paused.',
  ],
  [
    'lines that stand deep in a file, as deep as they differ',
    {
      kind: 'request',
      place,
      base,
      lines: [{ file: 'a.yaml', line: 9, before: '      tag: 1', after: '        tag: 2' }],
    },
    'https://git.example/shop.git, branch main\na.yaml:9\n- tag: 1\n+   tag: 2\nApplication argocd/shop applies it. It undoes at once (self-heal) what only the cluster has, unless it is paused.',
  ],
  [
    'that a sync is the repair',
    { kind: 'already', place, base },
    'https://git.example/shop.git, branch main says so already: the cluster has drifted from it, and a sync is the repair.\nApplication argocd/shop applies it. It undoes at once (self-heal) what only the cluster has, unless it is paused.',
  ],
  [
    'what people have to do',
    { kind: 'by hand', reason: 'apps/web.yaml has an anchor.' },
    'To be changed there by hand: apps/web.yaml has an anchor.',
  ],
])('says of a change %s', (_name, change, text) => {
  expect(gitText([caseOf(undefined)], change)).toBe(text);
});
