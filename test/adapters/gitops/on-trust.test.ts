import { expect, test } from 'vitest';
import { free, held, manifest, onStage, signal, web } from './git-stage.ts';

const stage = onStage();
const { place, repositories, toOpen } = stage;

const forged = () => {
  const lines = toOpen().trailers.map(([key, value]) => `${key}: ${value}`);
  return `Mine\n\n${lines.join('\n')}`;
};
const scaled = { 'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 5') };

test.each<[string, () => void]>([
  [
    'more than what was approved',
    () => stage.server.commit('firebreak/7', { ...scaled, 'top.yaml': 'a: 6\n' }, forged()),
  ],
  [
    'another value',
    () =>
      stage.server.commit(
        'firebreak/7',
        { 'apps/shop/web.yaml': manifest.replace('replicas: 3', 'replicas: 9') },
        forged(),
      ),
  ],
  [
    'what was approved, on a commit that the followed branch does not have',
    () => {
      stage.server.commit('firebreak/7', { 'top.yaml': 'a: 6\n' });
      stage.server.commit('firebreak/7', scaled, forged());
    },
  ],
])('a branch with our trailers is not ours if it changes %s', async (_name, push) => {
  push();
  expect(await repositories().open(toOpen(), signal, free)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('has not made for this'),
  });
  expect(stage.github.pulls).toEqual([]);
});

test('our branch is known again after the followed one has moved', async () => {
  const opened = await repositories().open(toOpen(), signal, free);
  stage.server.commit('main', { 'top.yaml': 'a: 2\n' });
  expect(await repositories().open(toOpen(), signal, free)).toEqual(opened);
});

test('a request of our branch into another one is not taken for this', async () => {
  await repositories({ kind: 'git' }).open(toOpen(), signal, free);
  stage.server.git('branch', 'release', 'main');
  stage.github.pulls.push({
    ...{ number: 1, head: 'firebreak/7', base: 'release', title: '', body: '', state: 'open' },
    mergeable: 'clean',
  });
  expect(await repositories().open(toOpen(), signal, free)).toMatchObject({ kind: 'open', number: 2 });
});

test('a process whose step was given away pushes and opens nothing', async () => {
  const late = () => 'Nothing was sent: the step was given to another replica.';
  expect(await repositories().open(toOpen(), signal, late)).toMatchObject({ kind: 'late' });
  expect(stage.server.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  await repositories({ kind: 'git' }).open(toOpen(), signal, free);
  expect(await repositories().open(toOpen(), signal, late)).toMatchObject({ kind: 'late' });
  expect(stage.github.pulls).toEqual([]);
});

test.each<[string, () => void, () => Promise<string | undefined>, RegExp]>([
  ['while Firebreak is stopped', () => {}, async () => 'Firebreak was stopped.', /Firebreak was stopped/],
  [
    'into another branch',
    () => Object.assign(stage.github.pulls[0] ?? {}, { base: 'release' }),
    held,
    /people: it goes to release/,
  ],
  [
    'with commits of others',
    () => stage.server.commit('firebreak/7', { 'top.yaml': 'a: 6\n' }),
    held,
    /other commits than the one that was approved/,
  ],
])('merges nothing by itself %s', async (_name, happens, why, waitsFor) => {
  const port = repositories({ autoMerge: true });
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  Object.assign(stage.github.pulls[0] ?? {}, { mergeable: 'clean' });
  happens();
  const { commit, number } = opened;
  const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit, number, held: why };
  expect(await port.look(at, signal)).toMatchObject({ waitsFor: expect.stringMatching(waitsFor) });
  expect(stage.github.pulls.map(({ merged }) => merged)).toEqual([undefined]);
});

test('one that was merged with commits of others says so', async () => {
  const port = repositories();
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  stage.server.commit('firebreak/7', { 'top.yaml': 'a: 6\n' });
  const merged = stage.github.merge(1);
  const { commit, number } = opened;
  const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit, number, held };
  expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit: merged, altered: true });
});

test('one that is merged and removed while it is looked at was merged', async () => {
  const port = repositories({ kind: 'git' });
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  let fetches = 0;
  stage.server.answerFirst = ({ method }) => {
    fetches += method === 'POST' ? 1 : 0;
    // The list of branches, then the first fetch; from the third on it has happened.
    if (fetches === 3 && stage.server.git('for-each-ref', '--format=%(refname)').includes('firebreak')) {
      stage.server.git('update-ref', 'refs/heads/main', opened.commit);
      stage.server.git('update-ref', '-d', 'refs/heads/firebreak/7');
    }
    return undefined;
  };
  const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit: opened.commit, held };
  expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit: opened.commit });
});

test('where nothing is known to be wanted, nothing was merged', async () => {
  const port = repositories({ kind: 'git' });
  const opened = await port.open(toOpen(), signal, free);
  if (opened.kind !== 'open') throw new Error(opened.reason);
  const at = { place: place(), wanted: [], branch: 'firebreak/7', commit: opened.commit, held };
  expect(await port.look(at, signal)).toMatchObject({ kind: 'open' });
});

test('a file whose bytes would not come back as they are is left alone', async () => {
  stage.server.commit('main', {
    'apps/shop/web.yaml': Buffer.from(manifest.replace('shop', 'caf\u00e9'), 'latin1'),
  });
  expect(await repositories().propose(place(), [web], signal)).toMatchObject({ kind: 'by hand' });
});

test.each([['apps/../main'], ['a b'], ['a\nb'], ['-x'], ['x.lock']])(
  'what is no name of a branch is not asked for: %j',
  async (branch) => {
    let asked = 0;
    stage.server.answerFirst = () => {
      asked += 1;
      return undefined;
    };
    expect(await repositories().propose(place({ branch }), [web], signal)).toMatchObject({ kind: 'by hand' });
    expect(asked).toBe(0);
  },
);

test('an encoded dot leads out of the repository as a plain one does', async () => {
  const repository = stage.server.url.replace('/team/', '/x/%2e%2e/team/');
  expect(await repositories().propose(place({ repository }), [web], signal)).toMatchObject({
    kind: 'by hand',
    reason: expect.stringContaining('none of the hosts'),
  });
});
