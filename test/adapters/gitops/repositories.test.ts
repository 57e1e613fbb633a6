import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRepositories } from '../../../src/adapters/gitops/repositories.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import type { GitHost } from '../../../src/domain/policy/repositories.ts';
import {
  RepositoryFault,
  type RequestToOpen,
  type WantedManifest,
} from '../../../src/workflow/repositories-port.ts';
import { type GitServer, login, startGitServer } from '../../support/git-server.ts';
import { type GitHub, startGitHub } from '../../support/github.ts';

const { signal } = new AbortController();
const manifest = `# the shop
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3   # three zones
`;
const readme = 'not a manifest\n';

let server: GitServer;
let github: GitHub;
beforeAll(async () => {
  server = await startGitServer({
    'apps/shop/web.yaml': manifest,
    'apps/README': readme,
    'top.yaml': 'a: 1\n',
  });
  github = await startGitHub(server);
});
beforeEach(() => {
  server.reset();
  github.pulls.length = 0;
  github.failing.times = 0;
});
afterAll(async () => {
  await Promise.all([server.close(), github.close()]);
});

const place = (more: Partial<GitPlace> = {}): GitPlace => ({
  ...{ repository: server.url, branch: 'main', path: 'apps', recurse: true, keys: [], selfHeal: false },
  ...more,
});
const field = { path: ['spec', 'replicas'], value: 5, was: 3 };
const web: WantedManifest = { kind: 'Deployment', name: 'web', namespace: 'shop', fields: [field] };
const line = {
  file: 'apps/shop/web.yaml',
  line: 5,
  before: '  replicas: 3   # three zones',
  after: '  replicas: 5   # three zones',
};

function repositories(more: Partial<GitHost> = {}) {
  const address = `http://${server.host}`;
  const host: GitHost = {
    host: server.host,
    kind: 'github',
    address,
    api: github.api,
    autoMerge: false,
    ...more,
  };
  return createRepositories({ [server.host]: login }, () => [host]);
}

const toOpen = (more: Partial<RequestToOpen> = {}): RequestToOpen => ({
  place: place(),
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

test('the change of one line is proposed, and nothing is written', async () => {
  const base = server.git('rev-parse', 'main');
  expect(await repositories().propose(place(), [web], signal)).toEqual({
    ...{ kind: 'request', place: place(), base, lines: [line] },
  });
  expect(server.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

test.each<[string, Partial<GitPlace>, WantedManifest, object]>([
  ['that Git says so already', {}, { ...web, fields: [{ ...field, value: 3 }] }, { kind: 'already' }],
  [
    'a branch that is not there',
    { branch: 'v1.2' },
    web,
    { kind: 'by hand', reason: expect.stringContaining('no branch v1.2') },
  ],
  [
    'an object that no file makes',
    {},
    { ...web, name: 'api' },
    { kind: 'by hand', reason: expect.stringContaining('Deployment api') },
  ],
  [
    'a host that is not on the list',
    { repository: 'https://elsewhere.example/team/shop' },
    web,
    { kind: 'by hand', reason: expect.stringContaining('none of the hosts') },
  ],
])('is told: %s', async (_name, where, wanted, told) => {
  expect(await repositories().propose(place(where), [wanted], signal)).toMatchObject(told);
});

test('credentials go to no other host, not by a redirect either', async () => {
  server.answerFirst = () => ({ status: 302, headers: { location: 'http://evil.example/' } });
  await expect(repositories().propose(place(), [web], signal)).rejects.toThrow(
    /redirects to http:\/\/evil.example/,
  );
});

test.each([
  [401, /credentials are not accepted/],
  [404, /no such repository/],
  [503, /HTTP 503/],
])('a server that answers %d is a fault that says so', async (status, said) => {
  server.answerFirst = () => ({ status });
  const asked = repositories().propose(place(), [web], signal);
  await expect(asked).rejects.toThrow(RepositoryFault);
  await expect(asked).rejects.toThrow(said);
});

test('one commit, one branch, one request, however often it is opened', async () => {
  const opened = await repositories().open(toOpen(), signal);
  expect(opened).toMatchObject({ kind: 'open', number: 1, url: expect.stringContaining('/pull/1') });
  expect(await repositories().open(toOpen(), signal)).toEqual(opened);
  // Another process began before it heard of that.
  expect(await Promise.all([1, 2].map(() => repositories().open(toOpen(), signal)))).toEqual([
    opened,
    opened,
  ]);
  expect(github.pulls).toHaveLength(1);
  expect(server.git('rev-list', '--count', 'main..firebreak/7')).toBe('1');
  expect(server.git('diff', '--stat', 'main', 'firebreak/7')).toMatch(
    /1 file changed, 1 insertion\(\+\), 1 deletion\(-\)/,
  );
  expect(server.file('firebreak/7', 'apps/shop/web.yaml')).toBe(
    manifest.replace('replicas: 3', 'replicas: 5').trim(),
  );
  expect(server.file('firebreak/7', 'apps/README')).toBe(readme.trim());
  expect(
    server.git('log', '-1', '--format=%(trailers:key=Firebreak-Approved-By,valueonly)', 'firebreak/7'),
  ).toBe('U0ANN');
  server.git('fsck', '--strict');
});

test('two at the same moment come to one request', async () => {
  const both = await Promise.all([
    repositories().open(toOpen(), signal),
    repositories().open(toOpen(), signal),
  ]);
  expect(new Set(both.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(github.pulls).toHaveLength(1);
});

test('a branch of that name by somebody else is left alone', async () => {
  const theirs = server.commit('firebreak/7', { 'x.yaml': 'a: 1\n' });
  expect(await repositories().open(toOpen(), signal)).toMatchObject({ kind: 'refused' });
  expect(server.git('rev-parse', 'firebreak/7')).toBe(theirs);
});

test('one that was opened for another digest is not taken for this', async () => {
  await repositories().open(toOpen(), signal);
  const other = toOpen({
    trailers: [
      ['Firebreak-Remediation', '7'],
      ['Firebreak-Digest', 'e'.repeat(64)],
    ],
  });
  expect(await repositories().open(other, signal)).toMatchObject({ kind: 'refused' });
});

test('commits beside it do not matter, one to the line does', async () => {
  server.commit('main', { 'top.yaml': 'a: 2\n', 'apps/shop/web.yaml': `# moved\n${manifest}` });
  expect(await repositories().open(toOpen(), signal)).toMatchObject({ kind: 'open' });
  server.commit('main', { 'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 4') });
  const late = await repositories().open(toOpen({ branch: 'firebreak/8' }), signal);
  expect(late).toMatchObject({ kind: 'moved', reason: expect.stringContaining('not as it was') });
  server.commit('main', { 'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 5') });
  const done = await repositories().open(toOpen({ branch: 'firebreak/9' }), signal);
  expect(done).toMatchObject({ kind: 'moved', reason: expect.stringContaining('says so already') });
});

test('a request is followed until it is merged, and its commit is known in what comes later', async () => {
  const port = repositories();
  const opened = await port.open(toOpen(), signal);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  const at = {
    place: place(),
    wanted: [web],
    branch: 'firebreak/7',
    commit: opened.commit,
    number: opened.number,
  };
  expect(await port.look(at, signal)).toEqual({
    kind: 'open',
    waitsFor: 'reviews or checks that the branch asks for',
  });
  const commit = github.merge(1);
  expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit });
  const before = server.git('rev-parse', `${commit}^1`);
  const later = server.commit('main', { 'top.yaml': 'a: 3\n' });
  expect(await port.contains(place(), commit, commit, signal)).toBe(true);
  expect(await port.contains(place(), commit, later, signal)).toBe(true);
  expect(await port.contains(place(), commit, before, signal)).toBe(false);
  expect(await port.contains(place(), commit, 'f'.repeat(40), signal)).toBe(false);
});

test('one that was closed says by whom', async () => {
  const port = repositories();
  const opened = await port.open(toOpen(), signal);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  Object.assign(github.pulls[0] ?? {}, { state: 'closed', closedBy: 'octocat' });
  const at = {
    place: place(),
    wanted: [web],
    branch: 'firebreak/7',
    commit: opened.commit,
    number: opened.number,
  };
  expect(await port.look(at, signal)).toEqual({ kind: 'closed', by: 'octocat' });
});

test.each([
  ['only where the policy says so', false, 'clean', 0],
  ['once checks and reviews are done', true, 'clean', 1],
  ['not before', true, 'blocked', 0],
])('merges it by itself %s', async (_name, autoMerge, mergeable, merged) => {
  const port = repositories({ autoMerge });
  const opened = await port.open(toOpen(), signal);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  Object.assign(github.pulls[0] ?? {}, { mergeable });
  const at = {
    place: place(),
    wanted: [web],
    branch: 'firebreak/7',
    commit: opened.commit,
    number: opened.number,
  };
  await port.look(at, signal);
  expect(github.pulls.filter((each) => each.merged !== undefined)).toHaveLength(merged);
});

test('without requests the branch is pushed, and what the followed branch says counts', async () => {
  const port = repositories({ kind: 'git' });
  const opened = await port.open(toOpen(), signal);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  expect(opened).not.toHaveProperty('number');
  const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit: opened.commit };
  expect(await port.look(at, signal)).toMatchObject({ kind: 'open' });
  const squashed = server.commit('main', {
    'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 5'),
  });
  expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit: squashed });
  server.commit('main', { 'apps/shop/web.yaml': manifest });
  server.git('branch', '-D', 'firebreak/7');
  expect(await port.look(at, signal)).toEqual({ kind: 'closed' });
});

test('the API that is away is a fault, and nothing is opened twice after it', async () => {
  github.failing.times = 1;
  await expect(repositories().open(toOpen(), signal)).rejects.toThrow(RepositoryFault);
  expect(await repositories().open(toOpen(), signal)).toMatchObject({ kind: 'open', number: 1 });
  expect(github.pulls).toHaveLength(1);
});
