import { expect } from 'vitest';
import type { GitSource } from '../../../src/domain/facts/manifest-source.ts';

/** The one host that the policies of these tests name. */
export const hosts = [{ host: 'git.example', kind: 'git' }];

/** A folder that an Application takes. */
export const source: GitSource = {
  kind: 'git',
  owner: { kind: 'Application', namespace: 'argocd', name: 'shop' },
  repository: 'https://git.example/shop',
  revision: { kind: 'named', name: 'main' },
  path: 'apps',
  recurse: false,
  overrides: [],
  selfHeal: true,
};

/** What the policy says instead. */
export const mapping = {
  match: { namespaces: ['shop'] },
  repository: 'https://git.example/other',
  branch: 'release',
  path: 'web/',
  form: 'kustomize',
};

/** A change by hand whose reason has these words. */
export const byHand = (said: string) => ({ kind: 'by hand', reason: expect.stringContaining(said) });
