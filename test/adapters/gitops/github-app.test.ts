import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRepositories } from '../../../src/adapters/gitops/repositories.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import { RepositoryFault } from '../../../src/workflow/repositories-port.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { type GitHub, startGitHub } from '../../support/github.ts';
import { type AppOnStage, appOnStage } from '../../support/github-app.ts';
import { free, held, manifest, signal, toOpenAt, web } from './git-stage.ts';

let server: GitServer;
let github: GitHub;
let app: AppOnStage;

beforeAll(async () => {
  server = await startGitServer({ 'apps/shop/web.yaml': manifest });
});

beforeEach(async () => {
  server.reset();
  app = appOnStage();
  await github?.close();
  github = await startGitHub(server, app);
  server.mayLogin = (username, password) => username === 'x-access-token' && app.mayUse(password);
});

afterAll(async () => {
  await Promise.all([server.close(), github.close()]);
});

const place = (): GitPlace => ({
  ...{ repository: server.url, branch: 'main', path: 'apps', recurse: true, keys: [], selfHeal: false },
});

/** @param now milliseconds by the clock of Firebreak */
function repositories(now: () => number = Date.now, more: { installation?: number; id?: string } = {}) {
  const { id, privateKey } = app;
  return createRepositories(
    () => ({ [server.host]: { app: { id, privateKey, ...more } } }),
    () => [
      {
        host: server.host,
        kind: 'github',
        address: `http://${server.host}`,
        api: github.api,
        autoMerge: true,
      },
    ],
    now,
  );
}

test('reads, pushes, opens and merges with one token, for that repository and no more rights than it needs', async () => {
  const port = repositories();
  expect(await port.propose(place(), [web], signal)).toMatchObject({ kind: 'request' });
  const opened = await port.open(toOpenAt(place()), signal, free);
  expect(opened).toMatchObject({ kind: 'open', number: 1 });
  Object.assign(github.pulls[0] ?? {}, { mergeable: 'clean' });
  const commit = server.git('rev-parse', 'firebreak/7');
  const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit, number: 1, held };
  expect(await port.look(at, signal)).toEqual({ kind: 'open', waitsFor: 'the merge' });
  expect(await port.look(at, signal)).toMatchObject({ kind: 'merged' });
  expect(app.tokens).toHaveLength(1);
});

test('the installation may be named', async () => {
  expect(await repositories(Date.now, { installation: 4711 }).propose(place(), [web], signal)).toMatchObject({
    kind: 'request',
  });
  await expect(repositories(Date.now, { installation: 1 }).propose(place(), [web], signal)).rejects.toThrow(
    /is not installed for team\/shop/,
  );
});

test('a token is renewed before it ends', async () => {
  let later = 0;
  const port = repositories(() => Date.now() + later);
  await port.propose(place(), [web], signal);
  later = 54 * 60_000;
  await port.propose(place(), [web], signal);
  expect(app.tokens).toHaveLength(1);
  later = 56 * 60_000;
  // GitHub's clock goes on as ours does.
  app.ahead = later;
  await port.propose(place(), [web], signal);
  expect(app.tokens).toHaveLength(2);
});

test.each<[string, () => Promise<unknown>]>([
  ['Git', () => renewed.propose(place(), [web], signal)],
  [
    'the API',
    () => {
      const at = {
        place: place(),
        wanted: [web],
        branch: 'firebreak/7',
        commit: 'a'.repeat(40),
        number: 1,
        held,
      };
      return renewed.look(at, signal);
    },
  ],
])('a token that %s knows no more is renewed, once', async (_name, ask) => {
  renewed = repositories();
  await renewed.open(toOpenAt(place()), signal, free);
  app.endAll();
  await ask();
  expect(app.tokens).toHaveLength(2);
  app.mayUse = () => false;
  await expect(ask()).rejects.toThrow(RepositoryFault);
  expect(app.tokens).toHaveLength(3);
});
let renewed: ReturnType<typeof repositories>;

test.each([
  ['behind', 40 * 60_000],
  ['ahead', -40 * 60_000],
])('a clock that is far %s is found out by what GitHub says', async (_name, ahead) => {
  app.ahead = ahead;
  const port = repositories();
  expect(await port.propose(place(), [web], signal)).toMatchObject({ kind: 'request' });
  await port.propose(place(), [web], signal);
  expect(app.tokens).toHaveLength(1);
});

test.each([20_000, -20_000])('clocks that differ by %d ms do not matter', async (ahead) => {
  app.ahead = ahead;
  expect(await repositories().propose(place(), [web], signal)).toMatchObject({ kind: 'request' });
});

test.each<[string, () => void, RegExp]>([
  [
    'is not installed',
    () => Object.assign(app, { isInstalled: false }),
    /is not installed for team\/shop at/,
  ],
  [
    'may only read',
    () => Object.assign(app, { granted: { contents: 'read', pull_requests: 'write' } }),
    /may not read and write contents and pull requests of team\/shop/,
  ],
  [
    'has another key',
    () => Object.assign(app, { id: '654321' }),
    /does not accept the GitHub App 654321: its id or its private key/,
  ],
  [
    'asks a GitHub that is away',
    () => Object.assign(github.failing, { status: 503, times: 9 }),
    /gives the GitHub App 123456 no token \(HTTP 503\)/,
  ],
])('an app that %s is told so', async (_name, happens, said) => {
  happens();
  const asked = repositories().propose(place(), [web], signal);
  await expect(asked).rejects.toThrow(RepositoryFault);
  await expect(asked).rejects.toThrow(said);
});

test('neither key nor token is in what is thrown', async () => {
  const port = repositories();
  await port.propose(place(), [web], signal);
  app.mayUse = () => false;
  const fault: unknown = await port.propose(place(), [web], signal).catch((thrown: unknown) => thrown);
  const all: unknown[] = [];
  for (let each = fault; each instanceof Error; each = each.cause)
    all.push(each.message, each.stack, JSON.stringify(each, Object.getOwnPropertyNames(each)));
  const text = all.join('\n');
  expect(text).toContain('credentials are not accepted');
  for (const secret of [...app.tokens, app.privateKey.split('\n')[3] ?? '', 'eyJ'])
    expect(text).not.toContain(secret);
});
