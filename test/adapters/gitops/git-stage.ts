import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createRepositories } from '../../../src/adapters/gitops/repositories.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import type { GitHost } from '../../../src/domain/policy/repositories.ts';
import type { RequestToOpen, WantedManifest } from '../../../src/workflow/repositories-port.ts';
import { type GitServer, login, startGitServer } from '../../support/git-server.ts';
import { type GitHub, startGitHub } from '../../support/github.ts';

export const { signal } = new AbortController();
export const free = () => undefined;
export const held = async () => undefined;
export const manifest = `# the shop
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3   # three zones
`;
export const readme = 'not a manifest\n';
export const field = { path: ['spec', 'replicas'], value: 5, was: 3 };
export const web: WantedManifest = { kind: 'Deployment', name: 'web', namespace: 'shop', fields: [field] };
export const line = {
  file: 'apps/shop/web.yaml',
  line: 5,
  before: '  replicas: 3   # three zones',
  after: '  replicas: 5   # three zones',
};

export const toOpenAt = (place: GitPlace, more: Partial<RequestToOpen> = {}): RequestToOpen => ({
  place,
  wanted: [web],
  lines: [line],
  branch: 'firebreak/7',
  title: 'Scale Deployment/web to 5',
  body: 'Because.',
  trailers: [
    ['Firebreak-Remediation', '7'],
    ['Firebreak-Digest', 'd'.repeat(64)],
    ['Firebreak-Approved-By', 'U0ANN'],
  ],
  at: '2026-01-01T00:00:00.000Z',
  ...more,
});

/** A Git server and a GitHub of the test file that calls this, as they were at first before each test. */
export function onStage() {
  let server: GitServer;
  let github: GitHub;
  beforeAll(async () => {
    const files = { 'apps/shop/web.yaml': manifest, 'apps/README': readme, 'top.yaml': 'a: 1\n' };
    server = await startGitServer(files);
    github = await startGitHub(server);
  });
  beforeEach(() => {
    server.reset();
    github.pulls.length = 0;
    Object.assign(github.failing, { times: 0, path: undefined });
  });
  afterAll(async () => {
    await Promise.all([server.close(), github.close()]);
  });
  const place = (more: Partial<GitPlace> = {}): GitPlace => ({
    ...{ repository: server.url, branch: 'main', path: 'apps', recurse: true, keys: [], selfHeal: false },
    ...more,
  });
  return {
    get server() {
      return server;
    },
    get github() {
      return github;
    },
    place,
    repositories: (more: Partial<GitHost> = {}) => {
      const at = { address: `http://${server.host}`, api: github.api };
      const host: GitHost = { host: server.host, kind: 'github', ...at, autoMerge: false, ...more };
      return createRepositories(
        () => ({ [server.host]: login }),
        () => [host],
      );
    },
    toOpen: (more: Partial<RequestToOpen> = {}) => toOpenAt(place(), more),
  };
}
