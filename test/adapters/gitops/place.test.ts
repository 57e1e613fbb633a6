import { expect, test } from 'vitest';
import { changePlace } from '../../../src/adapters/gitops/place.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import { replicas, web } from './repository.ts';

const owner = { kind: 'Application', namespace: 'argocd', name: 'shop' } as const;
const place: GitPlace = {
  ...{ repository: 'https://git.example/shop', branch: 'main', path: 'apps', recurse: false, keys: [] },
  ...{ owner, selfHeal: true },
};
const wanted = [{ kind: 'Deployment', name: 'web', namespace: 'shop', fields: [replicas(5)] }];

test.each<[string, GitPlace, string, boolean]>([
  ['for all Applications', place, 'apps/.argocd-source.yaml', true],
  ['for its own', place, 'apps/.argocd-source-shop.yaml', true],
  ['for its own by its namespace', place, 'apps/.argocd-source-argocd_shop.yaml', true],
  ['for another', place, 'apps/.argocd-source-bar.yaml', false],
  ['in another folder', place, 'other/.argocd-source.yaml', false],
  [
    'of Argo CD where Flux applies',
    { ...place, owner: { ...owner, kind: 'Kustomization' } },
    'apps/.argocd-source.yaml',
    false,
  ],
])('a file that overrides what others say: %s', (_name, at, file, isRefused) => {
  const files = new Map([
    ['apps/web.yaml', web],
    [file, 'kustomize: {images: ["registry.example/web:9"]}\n'],
  ]);
  expect(changePlace(files, at, wanted)).toMatchObject(
    isRefused
      ? { kind: 'refused', reason: `Argo CD takes ${file} over what the other files say` }
      : { kind: 'changes' },
  );
});
