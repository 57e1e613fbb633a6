import { expect, test } from 'vitest';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import { RepositoryFault, type WantedManifest } from '../../../src/workflow/repositories-port.ts';
import { field, free, held, line, manifest, onStage, readme, signal, web } from './git-stage.ts';

const stage = onStage();
const { place, repositories, toOpen } = stage;

test('the change of one line is proposed, and nothing is written', async () => {
  const base = stage.server.git('rev-parse', 'main');
  expect(await repositories().propose(place(), [web], signal)).toEqual({
    ...{ kind: 'request', place: place(), base, lines: [line] },
  });
  expect(stage.server.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
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
  stage.server.answerFirst = () => ({ status: 302, headers: { location: 'http://evil.example/' } });
  await expect(repositories().propose(place(), [web], signal)).rejects.toThrow(
    /redirects to http:\/\/evil.example/,
  );
});

test.each([
  [401, /credentials are not accepted/],
  [404, /no such repository/],
  [503, /HTTP 503/],
])('a server that answers %d is a fault that says so', async (status, said) => {
  stage.server.answerFirst = () => ({ status });
  const asked = repositories().propose(place(), [web], signal);
  await expect(asked).rejects.toThrow(RepositoryFault);
  await expect(asked).rejects.toThrow(said);
});

test('one commit, one branch, one request, however often it is opened', async () => {
  const opened = await repositories().open(toOpen(), signal, free);
  expect(opened).toMatchObject({ kind: 'open', number: 1, url: expect.stringContaining('/pull/1') });
  expect(await repositories().open(toOpen(), signal, free)).toEqual(opened);
  // Another process began before it heard of that.
  expect(await Promise.all([1, 2].map(() => repositories().open(toOpen(), signal, free)))).toEqual([
    opened,
    opened,
  ]);
  expect(stage.github.pulls).toHaveLength(1);
  expect(stage.server.git('rev-list', '--count', 'main..firebreak/7')).toBe('1');
  expect(stage.server.git('diff', '--stat', 'main', 'firebreak/7')).toMatch(
    /1 file changed, 1 insertion\(\+\), 1 deletion\(-\)/,
  );
  expect(stage.server.file('firebreak/7', 'apps/shop/web.yaml')).toBe(
    manifest.replace('replicas: 3', 'replicas: 5').trim(),
  );
  expect(stage.server.file('firebreak/7', 'apps/README')).toBe(readme.trim());
  expect(
    stage.server.git('log', '-1', '--format=%(trailers:key=Firebreak-Approved-By,valueonly)', 'firebreak/7'),
  ).toBe('U0ANN');
  stage.server.git('fsck', '--strict');
});

test('two at the same moment come to one request', async () => {
  const both = await Promise.all([
    repositories().open(toOpen(), signal, free),
    repositories().open(toOpen(), signal, free),
  ]);
  expect(new Set(both.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(stage.github.pulls).toHaveLength(1);
});

test('a branch of that name by somebody else is left alone', async () => {
  const theirs = stage.server.commit('firebreak/7', { 'x.yaml': 'a: 1\n' });
  expect(await repositories().open(toOpen(), signal, free)).toMatchObject({ kind: 'refused' });
  expect(stage.server.git('rev-parse', 'firebreak/7')).toBe(theirs);
});

test('one that was opened for another digest is not taken for this', async () => {
  await repositories().open(toOpen(), signal, free);
  const other = toOpen({
    trailers: [
      ['Firebreak-Remediation', '7'],
      ['Firebreak-Digest', 'e'.repeat(64)],
    ],
  });
  expect(await repositories().open(other, signal, free)).toMatchObject({ kind: 'refused' });
});

test('commits beside it do not matter, one to the line does', async () => {
  stage.server.commit('main', { 'top.yaml': 'a: 2\n', 'apps/shop/web.yaml': `# moved\n${manifest}` });
  expect(await repositories().open(toOpen(), signal, free)).toMatchObject({ kind: 'open' });
  stage.server.commit('main', { 'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 4') });
  const late = await repositories().open(toOpen({ branch: 'firebreak/8' }), signal, free);
  expect(late).toMatchObject({ kind: 'moved', reason: expect.stringContaining('not as it was') });
  stage.server.commit('main', { 'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 5') });
  const done = await repositories().open(toOpen({ branch: 'firebreak/9' }), signal, free);
  expect(done).toMatchObject({ kind: 'moved', reason: expect.stringContaining('says so already') });
});

test('a request is followed until it is merged, and its commit is known in what comes later', async () => {
  const port = repositories();
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  const at = {
    place: place(),
    wanted: [web],
    branch: 'firebreak/7',
    commit: opened.commit,
    number: opened.number,
    held,
  };
  expect(await port.look(at, signal)).toEqual({
    kind: 'open',
    waitsFor: 'reviews or checks that the branch asks for',
  });
  const commit = stage.github.merge(1);
  expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit });
  const before = stage.server.git('rev-parse', `${commit}^1`);
  const later = stage.server.commit('main', { 'top.yaml': 'a: 3\n' });
  expect(await port.contains(place(), commit, commit, signal)).toBe(true);
  expect(await port.contains(place(), commit, later, signal)).toBe(true);
  expect(await port.contains(place(), commit, before, signal)).toBe(false);
  expect(await port.contains(place(), commit, 'f'.repeat(40), signal)).toBe(false);
});

test('one that was closed says by whom', async () => {
  const port = repositories();
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  Object.assign(stage.github.pulls[0] ?? {}, { state: 'closed', closedBy: 'octocat' });
  const at = {
    place: place(),
    wanted: [web],
    branch: 'firebreak/7',
    commit: opened.commit,
    number: opened.number,
    held,
  };
  expect(await port.look(at, signal)).toEqual({ kind: 'closed', by: 'octocat' });
});

test.each([403, 404])(
  'one that was closed is closed, whoever may not be told by whom (%d)',
  async (status) => {
    const port = repositories();
    const opened = await port.open(toOpen(), signal, free);
    if (opened.kind !== 'open') throw new Error(opened.reason);
    Object.assign(stage.github.pulls[0] ?? {}, { state: 'closed', closedBy: 'octocat' });
    Object.assign(stage.github.failing, { status, times: 1, path: /\/issues\// });
    const { commit, number } = opened;
    const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit, number, held };
    expect(await port.look(at, signal)).toEqual({ kind: 'closed' });
  },
);

test.each([
  ['only where the policy says so', false, 'clean', 0],
  ['once checks and reviews are done', true, 'clean', 1],
  ['not before', true, 'blocked', 0],
])('merges it by itself %s', async (_name, autoMerge, mergeable, merged) => {
  const port = repositories({ autoMerge });
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  Object.assign(stage.github.pulls[0] ?? {}, { mergeable });
  const at = {
    place: place(),
    wanted: [web],
    branch: 'firebreak/7',
    commit: opened.commit,
    number: opened.number,
    held,
  };
  await port.look(at, signal);
  expect(stage.github.pulls.filter((each) => each.merged !== undefined)).toHaveLength(merged);
});

test('without requests the branch is pushed, and what the followed branch says counts', async () => {
  const port = repositories({ kind: 'git' });
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  expect(opened).not.toHaveProperty('number');
  const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit: opened.commit, held };
  expect(await port.look(at, signal)).toMatchObject({ kind: 'open' });
  const squashed = stage.server.commit('main', {
    'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 5'),
  });
  expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit: squashed });
  stage.server.commit('main', { 'apps/shop/web.yaml': manifest });
  stage.server.git('branch', '-D', 'firebreak/7');
  expect(await port.look(at, signal)).toEqual({ kind: 'closed' });
});

test('the API that is away is a fault, and nothing is opened twice after it', async () => {
  stage.github.failing.times = 1;
  await expect(repositories().open(toOpen(), signal, free)).rejects.toThrow(RepositoryFault);
  expect(await repositories().open(toOpen(), signal, free)).toMatchObject({ kind: 'open', number: 1 });
  expect(stage.github.pulls).toHaveLength(1);
});
