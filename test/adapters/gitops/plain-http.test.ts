import { describe, expect, test } from 'vitest';
import { createRepositories } from '../../../src/adapters/gitops/repositories.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import type { GitHost } from '../../../src/domain/policy/repositories.ts';

const place: GitPlace = {
  repository: 'https://git.example/team/shop',
  branch: 'main',
  path: '',
  recurse: true,
  keys: [],
  selfHeal: false,
};
const token = { 'git.example': { username: 'bot', password: 'token-of-the-bot' } };
const ended = AbortSignal.abort();
const hostAt = (more: Partial<GitHost>): GitHost => ({
  host: 'git.example',
  kind: 'git',
  autoMerge: false,
  ...more,
});

describe('a token goes over HTTPS alone', () => {
  test.each<[string, Partial<GitHost>]>([
    ['the host', { address: 'http://git.example' }],
    ['the API', { kind: 'github', api: 'http://api.git.example' }],
    ['a name that only begins like this machine', { address: 'http://127.0.0.1.git.example' }],
    ['the network of this machine', { address: 'http://10.0.0.7:3000' }],
  ])('%s', async (_name, more) => {
    const repositories = createRepositories(
      () => token,
      () => [hostAt(more)],
    );
    expect(await repositories.propose(place, [], ended)).toEqual({
      kind: 'by hand',
      reason: expect.stringMatching(/^git\.example is asked at http:.*must say https:\/\/ there\.$/),
    });
  });

  test.each<[string, Partial<GitHost>, ReturnType<Parameters<typeof createRepositories>[0]>]>([
    ['without a token', { address: 'http://git.example' }, {}],
    ['on this machine', { address: 'http://127.0.0.1:1' }, token],
    ['on this machine by name', { address: 'http://localhost:1' }, token],
    ['on this machine by its other address', { address: 'http://[::1]:1' }, token],
  ])('plain HTTP is asked %s', async (_name, more, credentials) => {
    const repositories = createRepositories(
      () => credentials,
      () => [hostAt(more)],
    );
    await expect(repositories.propose(place, [], ended)).rejects.toThrow();
  });
});

test('an app of GitHub logs in at a GitHub alone, and over HTTPS alone', async () => {
  const app = { app: { id: '1', privateKey: 'unread' } };
  const reasonAt = async (more: Partial<GitHost>) => {
    const repositories = createRepositories(
      () => ({ 'git.example': app }),
      () => [hostAt(more)],
    );
    return repositories.propose(place, [], ended);
  };
  expect(await reasonAt({})).toEqual({
    kind: 'by hand',
    reason:
      'A GitHub App logs in at git.example, which is of the kind "git" by gitOps.hosts of the policy, and not "github".',
  });
  expect(await reasonAt({ kind: 'github', api: 'http://api.git.example' })).toEqual({
    kind: 'by hand',
    reason: expect.stringMatching(/must say https:\/\/ there\.$/),
  });
});
