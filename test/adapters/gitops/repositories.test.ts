import { describe, expect, test } from 'vitest';
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
  ['not while checks may begin', true, 'clean fresh', 0],
  ['not while checks of what was pushed may begin', true, 'clean pushed', 0],
  ['not while the repository does not say yet that it was pushed', true, 'clean lagging', 0],
  ['although somebody has just written to it', true, 'clean commented', 1],
  ['not where that is as young as its commit', true, 'clean fresh commented', 0],
  ['by its last change where its commit may not be read', true, 'clean commented hidden', 0],
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

describe('a request whose base has changed the same file', () => {
  const neighbour = manifest.replace('kind: Deployment', 'kind: Deployment   # of the shop');
  const opened = async (kind: 'github' | 'git') => {
    const port = repositories({ kind });
    const made = await port.open(toOpen(), signal, free);
    if (made.kind !== 'open') throw new Error(made.reason);
    const { commit, number } = made;
    const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit, number, held };
    return { port, commit, at, again: { ...toOpen(), commit } };
  };

  test.each(['github', 'git'] as const)(
    'is made anew on it, once, and is the same change (%s)',
    async (kind) => {
      const { port, commit, at, again } = await opened(kind);
      expect(await port.look(at, signal)).not.toHaveProperty('conflicts');
      const base = stage.server.commit('main', { 'apps/shop/web.yaml': neighbour });
      Object.assign(stage.github.pulls[0] ?? {}, { mergeable: 'dirty' });
      expect(await port.look(at, signal)).toMatchObject({ kind: 'open', conflicts: true });
      const rebased = await port.rebase(again, signal, free);
      if (rebased.kind !== 'open') throw new Error(rebased.reason);
      expect(rebased.commit).not.toBe(commit);
      expect(stage.server.git('rev-parse', 'firebreak/7', 'firebreak/7^')).toBe(`${rebased.commit}\n${base}`);
      expect(stage.server.git('diff', '--stat', 'main', 'firebreak/7')).toMatch(/1 insertion.*1 deletion/);
      const message = (of: string) => stage.server.git('log', '-1', '--format=%B', of);
      expect(message('firebreak/7')).toBe(message(commit));
      // Whoever died before that was known finds it, and pushes nothing.
      expect(await port.rebase(again, signal, free)).toEqual({ kind: 'open', commit: rebased.commit });
      expect(await port.rebase(again, signal, free)).toEqual({ kind: 'open', commit: rebased.commit });
      if (kind === 'git')
        expect(await port.look({ ...at, commit: rebased.commit }, signal)).not.toHaveProperty('conflicts');
    },
  );

  test.each([
    ['another value than was approved', manifest.replace('replicas: 3', 'replicas: 4'), /not as it was/],
    ['the value already', manifest.replace('replicas: 3', 'replicas: 5'), /says so already/],
    ['no such object', 'a: 1\n', /Deployment web/],
  ])('is left as it is where the base has %s', async (_name, text, reason) => {
    const { port, commit, again } = await opened('github');
    stage.server.commit('main', { 'apps/shop/web.yaml': text });
    expect(await port.rebase(again, signal, free)).toMatchObject({
      kind: 'moved',
      reason: expect.stringMatching(reason),
    });
    expect(stage.server.git('rev-parse', 'firebreak/7')).toBe(commit);
  });

  test('is left to those who have pushed to its branch, or taken it away', async () => {
    const { port, again } = await opened('github');
    stage.server.commit('main', { 'apps/shop/web.yaml': neighbour });
    const theirs = stage.server.commit('firebreak/7', { 'top.yaml': 'a: 9\n' });
    expect(await port.rebase(again, signal, free)).toMatchObject({ kind: 'refused' });
    expect(stage.server.git('rev-parse', 'firebreak/7')).toBe(theirs);
    stage.server.git('branch', '-D', 'firebreak/7');
    expect(await port.rebase(again, signal, free)).toMatchObject({
      reason: 'There is no branch firebreak/7 any more.',
    });
  });

  test('is not taken from whoever pushes at the same moment', async () => {
    const { port, again } = await opened('github');
    stage.server.commit('main', { 'apps/shop/web.yaml': neighbour });
    let theirs = '';
    // Between the look at the branch and the push.
    stage.server.answerFirst = ({ url = '' }) => {
      if (url.includes('service=git-receive-pack') && theirs === '')
        theirs = stage.server.commit('firebreak/7', { 'top.yaml': 'a: 9\n' });
      return undefined;
    };
    expect(await port.rebase(again, signal, free)).toMatchObject({ kind: 'refused' });
    expect(stage.server.git('rev-parse', 'firebreak/7')).toBe(theirs);
  });

  test('is not written once the fence is closed', async () => {
    const { port, commit, again } = await opened('github');
    stage.server.commit('main', { 'apps/shop/web.yaml': neighbour });
    expect(await port.rebase(again, signal, () => 'Not ours.')).toEqual({
      kind: 'late',
      reason: 'Not ours.',
    });
    expect(stage.server.git('rev-parse', 'firebreak/7')).toBe(commit);
  });

  test('two at the same moment come to one commit', async () => {
    const { port, again } = await opened('github');
    stage.server.commit('main', { 'apps/shop/web.yaml': neighbour });
    const both = await Promise.all([1, 2].map(() => port.rebase(again, signal, free)));
    expect(both[0]).toMatchObject({ kind: 'open' });
    expect(both[1]).toEqual(both[0]);
  });
});
