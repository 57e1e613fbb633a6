import { expect, test } from 'vitest';
import { repositoriesOnDemand } from '../../../src/adapters/gitops/on-demand.ts';
import { createRepositories } from '../../../src/adapters/gitops/repositories.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';

const place: GitPlace = {
  repository: 'https://git.example/team/shop',
  branch: 'main',
  path: '',
  recurse: true,
  keys: [],
  selfHeal: false,
};
const settings = [() => ({}), () => []] as const;
const { signal } = new AbortController();

test('what is loaded when it is first asked for answers as if it had always been there', async () => {
  const [late, early] = [repositoriesOnDemand(...settings), createRepositories(...settings)];
  const request = {
    ...{ place, wanted: [], branch: 'firebreak/1', commit: 'a'.repeat(40) },
    held: async () => undefined,
  };
  expect(await late.propose(place, [], signal)).toEqual(await early.propose(place, [], signal));
  expect(await late.look(request, signal)).toEqual(await early.look(request, signal));
  expect(await late.contains(place, 'a', 'a', signal)).toBe(true);
  expect(await late.contains(place, 'a', 'b', signal)).toBe(false);
});
