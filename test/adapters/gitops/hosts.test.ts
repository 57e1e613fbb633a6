import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRepositories } from '../../../src/adapters/gitops/repositories.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import type { GitHost } from '../../../src/domain/policy/repositories.ts';
import { RepositoryFault } from '../../../src/workflow/repositories-port.ts';
import { type GitServer, login, startGitServer } from '../../support/git-server.ts';
import { startGitea } from '../../support/gitea.ts';
import { startGitLab } from '../../support/gitlab.ts';
import type { Pulls } from '../../support/pulls.ts';
import { free, held, manifest, signal, toOpenAt, web } from './git-stage.ts';

let server: GitServer;

beforeAll(async () => {
  server = await startGitServer({ 'apps/shop/web.yaml': manifest, 'top.yaml': 'a: 1\n' });
});

afterAll(async () => {
  await server.close();
});

interface Host {
  readonly kind: GitHost['kind'];
  readonly start: (git: GitServer) => Promise<Pulls>;
  /** In the words of the host. */
  readonly ready: string;
  readonly conflict: string;
  /** Ready without any check. */
  readonly unchecked: string;
  readonly url: RegExp;
  /** What it says of itself, and what people read of that. */
  readonly waiting: readonly (readonly [string, string])[];
}

const hosts: readonly Host[] = [
  {
    kind: 'gitlab',
    start: startGitLab,
    ready: 'mergeable success',
    conflict: 'conflict',
    unchecked: 'mergeable none',
    url: /merge_requests\/1$/,
    waiting: [
      ['not_approved', 'approvals that the project asks for'],
      ['ci_still_running running', 'its pipeline, which runs'],
      ['mergeable running', 'its pipeline, which is "running"'],
      ['mergeable none fresh', 'its checks, if some begin'],
      ['mergeable none pushed', 'its checks, if some begin'],
      ['mergeable success stale', 'a pipeline of its newest commit'],
      ['mergeable success merged:older', 'a pipeline of its newest commit'],
      ['mergeable success merged:hidden', 'a pipeline of its newest commit'],
      ['mergeable success foreign:newest', 'a pipeline of its newest commit'],
      ['mergeable failed', 'its pipeline, which is "failed"'],
      ['conflict', 'people: it conflicts with the branch it goes to'],
      ['something_new', 'checks, approvals and a merge'],
    ],
  },
  {
    kind: 'gitea',
    start: startGitea,
    ready: 'mergeable approved',
    conflict: '',
    unchecked: 'mergeable approved',
    url: /pulls\/1$/,
    waiting: [
      ['', 'people, if it conflicts with the branch it goes to'],
      ['mergeable pending', 'checks that have not passed'],
      ['mergeable approved fresh', 'its checks, if some begin'],
      ['mergeable approved pushed', 'its checks, if some begin'],
      ['mergeable passed fresh', 'reviews or checks that the branch asks for'],
      ['mergeable changes', 'people: a reviewer asks for changes'],
      ['mergeable asked', 'reviews that were asked for'],
      ['mergeable', 'reviews or checks that the branch asks for'],
    ],
  },
];

describe.each(hosts)('$kind', ({ kind, start, ready, conflict, unchecked, url, waiting }) => {
  let host: Pulls;

  beforeAll(async () => {
    host = await start(server);
  });

  const afresh = () => {
    server.reset();
    host.pulls.length = 0;
    host.failing.times = 0;
    host.clock.isTold = true;
  };
  beforeEach(afresh);

  afterAll(async () => {
    await host.close();
  });

  const place = (): GitPlace => ({
    ...{ repository: server.url, branch: 'main', path: 'apps', recurse: true, keys: [], selfHeal: false },
  });
  const repositories = (autoMerge = false) =>
    createRepositories(
      () => ({ [server.host]: login }),
      () => [{ host: server.host, kind, address: `http://${server.host}`, api: host.api, autoMerge }],
    );
  const toOpen = () => toOpenAt(place());
  const opened = async (autoMerge = false) => {
    const port = repositories(autoMerge);
    const answer = await port.open(toOpen(), signal, free);
    if (answer.kind !== 'open') throw new Error(answer.reason);
    const { commit, number } = answer;
    const at = { place: place(), wanted: [web], branch: 'firebreak/7', commit, number, held };
    return { port, answer, at };
  };

  test('one request, however often and by how many it is opened', async () => {
    const { answer } = await opened();
    expect(answer).toMatchObject({ kind: 'open', number: 1, url: expect.stringMatching(url) });
    const again = [1, 2].map(() => repositories().open(toOpen(), signal, free));
    expect(await Promise.all(again)).toEqual([answer, answer]);
    expect(host.pulls).toMatchObject([
      { head: 'firebreak/7', base: 'main', title: 'Scale Deployment/web to 5', body: 'Because.' },
    ]);
    expect(server.git('rev-list', '--count', 'main..firebreak/7')).toBe('1');
  });

  test('two at the same moment come to one request', async () => {
    const both = await Promise.all([opened(), opened()]);
    expect(both[0].answer).toEqual(both[1].answer);
    expect(host.pulls).toHaveLength(1);
  });

  test('one that has its branch and no request yet goes on, unless its step was given away', async () => {
    host.failing.times = 1;
    await expect(repositories().open(toOpen(), signal, free)).rejects.toThrow(RepositoryFault);
    expect(host.pulls).toEqual([]);
    const late = () => 'Nothing was sent: the step was given to another replica.';
    expect(await repositories().open(toOpen(), signal, late)).toMatchObject({ kind: 'late' });
    expect(host.pulls).toEqual([]);
    await opened();
    expect(host.pulls).toHaveLength(1);
  });

  test('it is followed until it is merged', async () => {
    const { port, at } = await opened();
    Object.assign(host.pulls[0] ?? {}, { mergeable: ready });
    expect(await port.look(at, signal)).toEqual({ kind: 'open', waitsFor: 'somebody who merges it' });
    const commit = host.merge(1);
    expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit });
  });

  test('one that was closed says by whom', async () => {
    const { port, at } = await opened();
    Object.assign(host.pulls[0] ?? {}, { state: 'closed', closedBy: 'ann' });
    expect(await port.look(at, signal)).toEqual({ kind: 'closed', by: 'ann' });
  });

  test('it is merged by Firebreak where the policy says so, once', async () => {
    const { port, at } = await opened(true);
    Object.assign(host.pulls[0] ?? {}, { mergeable: ready });
    expect(await port.look({ ...at, held: async () => 'Firebreak was stopped.' }, signal)).toEqual({
      kind: 'open',
      waitsFor: 'the merge: Firebreak was stopped.',
    });
    expect(await port.look(at, signal)).toEqual({ kind: 'open', waitsFor: 'the merge' });
    expect(await port.look(at, signal)).toMatchObject({ kind: 'merged' });
  });

  describe('one that is open', () => {
    let at: Awaited<ReturnType<typeof opened>>['at'];
    let first: Pulls['pulls'][number];

    // Opened once: it is the same for each, and opening takes longer than all looks.
    beforeAll(async () => {
      afresh();
      ({ at } = await opened(true));
      const [pull] = host.pulls;
      if (pull === undefined) throw new Error('it was just opened');
      first = structuredClone(pull);
    });

    beforeEach(() => {
      server.git('branch', first.head, at.commit);
      host.pulls.push(structuredClone(first));
    });

    test.each(waiting)('while it is "%s" it is not merged, and waits for %s', async (mergeable, waitsFor) => {
      Object.assign(host.pulls[0] ?? {}, { mergeable });
      expect(await repositories(true).look(at, signal)).toMatchObject({ kind: 'open', waitsFor });
      expect(host.pulls).toMatchObject([{ state: 'open' }]);
    });
  });

  test.skipIf(kind !== 'gitlab')(
    'one whose pipeline is of the merge of its newest commit is ready',
    async () => {
      const { port, at } = await opened(true);
      Object.assign(host.pulls[0] ?? {}, { mergeable: 'mergeable success merged:newest' });
      expect(await port.look(at, signal)).toEqual({ kind: 'open', waitsFor: 'the merge' });
    },
  );

  test('where the host does not say what time it is, one without checks is left to people', async () => {
    const { port, at } = await opened(true);
    Object.assign(host.pulls[0] ?? {}, { mergeable: unchecked });
    host.clock.isTold = false;
    const waitsFor = 'somebody who merges it: its host does not say how old it is';
    expect(await port.look(at, signal)).toEqual({ kind: 'open', waitsFor });
    host.clock.isTold = true;
    expect(await port.look(at, signal)).toEqual({ kind: 'open', waitsFor: 'the merge' });
  });

  test('one that conflicts with a file that has changed meanwhile is found out', async () => {
    const { port, at } = await opened(true);
    Object.assign(host.pulls[0] ?? {}, { mergeable: conflict });
    server.commit('main', { 'top.yaml': 'a: 2\n' });
    const before = await port.look(at, signal);
    server.commit('main', { 'apps/shop/web.yaml': `${manifest}# changed\n` });
    expect(await port.look(at, signal)).toMatchObject({ kind: 'open', conflicts: true });
    // Gitea says the same while it finds out.
    expect(before).toMatchObject(kind === 'gitea' ? { kind: 'open' } : { conflicts: true });
    if (kind === 'gitea') expect(before).not.toHaveProperty('conflicts');
  });

  test('with commits of others it is left to people', async () => {
    const { port, at } = await opened(true);
    Object.assign(host.pulls[0] ?? {}, { mergeable: ready });
    server.commit('firebreak/7', { 'top.yaml': 'a: 6\n' });
    expect(await port.look(at, signal)).toMatchObject({
      waitsFor: expect.stringMatching(/^people: the branch/),
    });
    const commit = host.merge(1);
    expect(await port.look(at, signal)).toEqual({ kind: 'merged', commit, altered: true });
  });

  test.each([401, 500])(
    'an API that answers %d is a fault that says so, and says no token',
    async (status) => {
      const { port, at } = await opened();
      Object.assign(host.failing, { status, times: 1 });
      const fault: unknown = await port.look(at, signal).catch((thrown: unknown) => thrown);
      expect(fault).toBeInstanceOf(RepositoryFault);
      expect(String(fault)).toContain(`(HTTP ${status})`);
      expect(String(fault)).not.toContain(login.password);
    },
  );
});
