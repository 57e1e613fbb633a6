import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seeHost, seeRepository } from '../../../src/adapters/gitops/examine.ts';
import type { Logins } from '../../../src/adapters/gitops/git/remote.ts';
import type { GitHost } from '../../../src/domain/policy/repositories.ts';
import { type GitServer, login, startGitServer } from '../../support/git-server.ts';
import { appOnStage } from '../../support/github-app.ts';
import { serveJson } from '../../support/pulls.ts';
import { manifest } from './git-stage.ts';

type Answer = readonly [number, unknown, Readonly<Record<string, string>>?];

/** The API of a host that answers each path so, and nothing else; what it was sent. */
async function answering(answers: Readonly<Record<string, Answer>>) {
  const sent: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    sent.push(String(headers['private-token'] ?? headers.authorization));
    const [status, body, more = {}] = answers[url] ?? [404, { message: 'Not Found' }];
    response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const close = () => new Promise((resolve) => server.close(resolve));
  return { api: `http://127.0.0.1:${port}`, sent, close };
}

const hostAt = (more: Partial<GitHost>): GitHost => ({
  ...{ host: 'git.example', kind: 'github', autoMerge: false },
  ...more,
});
const logins = { 'git.example': login };
const { id, privateKey } = appOnStage();
const asApp: Logins = { 'git.example': { app: { id, privateKey } } };
const may = { contents: 'write', pull_requests: 'write' };

describe('who logs in at a host', () => {
  test.each<[string, GitHost['kind'], Logins, Readonly<Record<string, Answer>>, string, string | RegExp]>([
    [
      'a user of GitHub',
      'github',
      logins,
      { '/user': [200, { login: 'bot' }, { 'x-oauth-scopes': 'repo, workflow' }] },
      'accepted',
      'git.example accepts the login of bot.',
    ],
    [
      'a token that does not say its scopes',
      'github',
      logins,
      { '/user': [200, { login: 'bot' }] },
      'accepted',
      /of bot/,
    ],
    [
      'a token of GitHub that is of no user',
      'github',
      logins,
      { '/user': [403, { message: 'Resource not accessible by integration' }] },
      'accepted',
      'git.example accepts the login.',
    ],
    [
      'a token of GitHub that has asked too often',
      'github',
      logins,
      { '/user': [403, { message: 'API rate limit exceeded' }] },
      'away',
      'git.example did not answer as asked (HTTP 403): API rate limit exceeded',
    ],
    [
      'a token that may only read',
      'github',
      logins,
      { '/user': [200, { login: 'bot' }, { 'x-oauth-scopes': 'gist, repo:status' }] },
      'lacking',
      'The login at git.example lacks the scope repo.',
    ],
    [
      'an unknown token',
      'github',
      logins,
      { '/user': [401, { message: 'Bad credentials' }] },
      'refused',
      'git.example does not accept the login (HTTP 401).',
    ],
    [
      'an app',
      'github',
      asApp,
      { '/app': [200, { slug: 'fire', permissions: may }] },
      'accepted',
      'git.example accepts the login of the app fire.',
    ],
    [
      'an app that may only read',
      'github',
      asApp,
      { '/app': [200, { slug: 'fire', permissions: { contents: 'read', pull_requests: 'write' } }] },
      'lacking',
      'The login at git.example lacks the permission to write contents.',
    ],
    [
      'an app with another key',
      'github',
      asApp,
      { '/app': [401, {}] },
      'refused',
      /^git\.example does not accept the GitHub App 123456: its id or its private key/,
    ],
    [
      'a token of GitLab',
      'gitlab',
      logins,
      {
        '/user': [200, { username: 'bot' }],
        '/personal_access_tokens/self': [200, { scopes: ['api'], expires_at: '2027-01-31' }],
      },
      'accepted',
      'git.example accepts the login of bot, until 2027-01-31.',
    ],
    [
      'a token of GitLab of which it says nothing',
      'gitlab',
      logins,
      { '/user': [200, { username: 'bot' }] },
      'accepted',
      /of bot\.$/,
    ],
    [
      'a token of GitLab that may only read',
      'gitlab',
      logins,
      {
        '/user': [200, { username: 'bot' }],
        '/personal_access_tokens/self': [200, { scopes: ['read_api'] }],
      },
      'lacking',
      'The login at git.example lacks the scope api.',
    ],
    [
      'a token of Gitea',
      'gitea',
      logins,
      { '/user': [200, { login: 'bot' }], '/repos/search?limit=1': [200, { data: [] }] },
      'accepted',
      /of bot\.$/,
    ],
    [
      'a token of Gitea that may not say whose it is',
      'gitea',
      logins,
      { '/user': [403, {}], '/repos/search?limit=1': [200, { data: [] }] },
      'accepted',
      'git.example accepts the login. Whose it is would be told with the scope read:user, which is not needed.',
    ],
    [
      'an account of Gitea that may not log in',
      'gitea',
      logins,
      { '/user': [403, { message: 'user is not allowed to login' }] },
      'away',
      'git.example did not answer as asked (HTTP 403): user is not allowed to login',
    ],
    [
      'a token of GitLab without the scope that tells whose it is',
      'gitlab',
      logins,
      {
        '/user': [403, { error: 'insufficient_scope', scope: 'api read_user' }],
        '/personal_access_tokens/self': [200, { scopes: ['write_repository'] }],
      },
      'lacking',
      'The login at git.example lacks the scope api.',
    ],
    [
      'a token of GitLab that may ask for nothing',
      'gitlab',
      logins,
      {
        '/user': [403, { error: 'insufficient_scope', scope: 'api read_user' }],
        '/personal_access_tokens/self': [403, { error: 'insufficient_scope', scope: 'api' }],
      },
      'lacking',
      'The login at git.example lacks the scope api.',
    ],
    [
      'a token of GitLab with fine-grained permissions that may not say whose it is',
      'gitlab',
      logins,
      {
        '/user': [403, { error: 'insufficient_granular_scope' }],
        '/personal_access_tokens/self': [403, { error: 'insufficient_granular_scope' }],
      },
      'accepted',
      'git.example accepts the login.',
    ],
    [
      'a page of something before GitLab',
      'gitlab',
      logins,
      { '/user': [403, {}] },
      'away',
      'git.example did not answer as asked (HTTP 403).',
    ],
    [
      'an account of GitLab that is blocked',
      'gitlab',
      logins,
      { '/user': [403, { message: '403 Forbidden - Your account has been blocked.' }] },
      'away',
      'git.example did not answer as asked (HTTP 403): 403 Forbidden - Your account has been blocked.',
    ],
    [
      'a token of Gitea for nothing',
      'gitea',
      logins,
      {
        '/user': [403, { message: 'token does not have at least one of required scope(s): [read:user]' }],
        '/repos/search?limit=1': [403, {}],
      },
      'lacking',
      'The login at git.example lacks the scope write:repository.',
    ],
    [
      'another address',
      'gitea',
      logins,
      {},
      'away',
      'git.example did not answer as asked (HTTP 404): Not Found',
    ],
    ['nobody', 'github', {}, {}, 'nobody', 'Nobody logs in at git.example: nothing can be pushed there.'],
    ['at a host without an API', 'git', logins, {}, 'unseen', /^git\.example has no API/],
    ['an app at a GitLab', 'gitlab', asApp, {}, 'refused', /of the kind "gitlab" .*and not "github"/],
  ])('%s', async (_name, kind, who, answers, seen, sentence) => {
    const host = await answering(answers);
    const found = await seeHost(hostAt({ kind, api: host.api }), who);
    await host.close();
    expect(found).toEqual({
      kind: seen,
      sentence: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    });
  });

  test('an app is known by the clock of its host', async () => {
    const ahead = 3_600_000;
    const issued = z.object({ iat: z.number() });
    const host = await serveJson(
      ({ headers }) => {
        const [, body = ''] = (headers.authorization ?? '').split('.');
        const { iat } = issued.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
        const isNow = Math.abs(iat * 1000 - Date.now() - ahead) < 600_000;
        return isNow ? [200, { slug: 'fire', permissions: may }] : [401, {}];
      },
      () => new Date(Date.now() + ahead),
    );
    const found = await seeHost(hostAt({ api: host.api }), asApp);
    await host.close();
    expect(found).toMatchObject({ kind: 'accepted' });
  });

  test('a host that is away is told, and no token', async () => {
    const found = await seeHost(hostAt({ api: 'http://127.0.0.1:9' }), logins);
    expect(found).toMatchObject({ kind: 'away', sentence: expect.stringContaining('git.example does not') });
    expect(found.sentence).not.toContain(login.password);
  });

  test('the token goes over HTTPS alone', async () => {
    const found = await seeHost(hostAt({ api: 'http://api.git.example' }), logins);
    expect(found).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('must say https://') });
  });
});

describe('whether a repository can be pushed to', () => {
  let server: GitServer;
  let broken: Awaited<ReturnType<typeof answering>>;
  beforeAll(async () => {
    server = await startGitServer({ 'web.yaml': manifest });
    broken = await answering({ '/team/shop.git/info/refs?service=git-receive-pack': [503, {}] });
  });
  afterAll(async () => {
    await server.close();
    await broken.close();
  });

  test.each<[string, string, Logins, string, RegExp]>([
    ['by who may', 'team/shop', { 'git.example': login }, 'accepted', /team\/shop can be pushed to\.$/],
    [
      'by who may not',
      'team/shop',
      { 'git.example': { ...login, password: 'other' } },
      'refused',
      /are not accepted \(HTTP 401\)/,
    ],
    ['by nobody', 'team/shop', {}, 'refused', /HTTP 401/],
    ['that is not there', 'team/other', { 'git.example': login }, 'refused', /no such repository/],
  ])('%s', async (_name, path, who, kind, sentence) => {
    const host = hostAt({ kind: 'git', address: `http://${server.host}` });
    const found = await seeRepository(`https://git.example/${path}`, [host], who);
    expect(found).toEqual({ kind, sentence: expect.stringMatching(sentence) });
    expect(server.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test.each<[string, () => string]>([
    ['that does not answer', () => 'http://127.0.0.1:9'],
    ['that is out of order', () => broken.api],
  ])('at a host %s', async (_name, address) => {
    const host = hostAt({ kind: 'git', address: address() });
    const found = await seeRepository('https://git.example/team/shop', [host], { 'git.example': login });
    expect(found).toMatchObject({ kind: 'away' });
  });

  test('at a host that is not listed', async () => {
    expect(await seeRepository('https://else.example/a/b', [], logins)).toEqual({
      kind: 'refused',
      sentence: 'https://else.example/a/b is at none of the hosts of gitOps.hosts.',
    });
  });
});
