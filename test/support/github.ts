import { createServer } from 'node:http';
import { z } from 'zod';
import type { GitServer } from './git-server.ts';
import { login } from './git-server.ts';

interface Pull {
  number: number;
  head: string;
  base: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged?: string;
  closedBy?: string;
  mergeable: string;
}

/** GitHub's API for pull requests over the repository of a Git server (docs.github.com, REST API, "Pull requests"). */
export interface GitHub {
  readonly api: string;
  readonly pulls: Pull[];
  /** Merges as the button does: a merge commit on the base. Returns it. */
  readonly merge: (number: number) => string;
  /** Requests that get no proper answer: so many more times this status. */
  readonly failing: { status: number; times: number };
  readonly close: () => Promise<void>;
}

const created = z.object({ head: z.string(), base: z.string(), title: z.string(), body: z.string() });

export async function startGitHub(git: GitServer): Promise<GitHub> {
  const pulls: Pull[] = [];
  const failing = { status: 502, times: 0 };
  const sha = (branch: string) => git.git('rev-parse', branch);
  const merge = (number: number): string => {
    const pull = pulls.find((each) => each.number === number);
    if (pull === undefined || pull.state === 'closed') throw new Error(`no open pull request ${number}`);
    const tree = git.git('rev-parse', `${pull.head}^{tree}`);
    const made = git.git(
      'commit-tree',
      tree,
      '-p',
      sha(pull.base),
      '-p',
      sha(pull.head),
      '-m',
      `Merge #${number}`,
    );
    git.git('update-ref', `refs/heads/${pull.base}`, made);
    Object.assign(pull, { state: 'closed', merged: made });
    return made;
  };
  const shown = (pull: Pull) => ({
    number: pull.number,
    html_url: `https://github.example/team/shop/pull/${pull.number}`,
    state: pull.state,
    merged_at: pull.merged === undefined ? null : '2026-01-01T00:00:00Z',
    merge_commit_sha: pull.merged ?? null,
    mergeable_state: pull.mergeable,
    head: { ref: pull.head, sha: sha(pull.head) },
    base: { ref: pull.base },
  });
  const answer = (method: string, path: string, query: URLSearchParams, body: unknown): [number, unknown] => {
    const number = Number(/\/(\d+)(?:\/merge)?$/.exec(path)?.[1]);
    const pull = pulls.find((each) => each.number === number);
    if (path === '/repos/team/shop/pulls' && method === 'GET') {
      const head = query.get('head')?.replace('team:', '');
      return [
        200,
        pulls
          .filter((each) => each.head === head)
          .map(shown)
          .reverse(),
      ];
    }
    if (path === '/repos/team/shop/pulls' && method === 'POST') {
      const wanted = created.parse(body);
      const isThere = pulls.some(
        ({ head, base, state }) => head === wanted.head && base === wanted.base && state === 'open',
      );
      if (isThere) return [422, { message: 'Validation Failed: A pull request already exists for it.' }];
      const made: Pull = { ...wanted, number: pulls.length + 1, state: 'open', mergeable: 'blocked' };
      pulls.push(made);
      return [201, shown(made)];
    }
    return pull === undefined ? [404, { message: 'Not Found' }] : ofOne(pull, method, path);
  };
  const ofOne = (pull: Pull, method: string, path: string): [number, unknown] => {
    if (path.startsWith('/repos/team/shop/issues/'))
      return [200, { closed_by: pull.closedBy === undefined ? null : { login: pull.closedBy } }];
    if (method !== 'PUT') return [200, shown(pull)];
    if (pull.mergeable !== 'clean') return [405, { message: 'Not mergeable' }];
    return [200, { sha: merge(pull.number), merged: true }];
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const isKnown = request.headers.authorization === `token ${login.password}`;
    failing.times -= 1;
    const [status, body] =
      failing.times >= 0
        ? [failing.status, { message: 'away' }]
        : isKnown
          ? answer(request.method ?? '', pathname, searchParams, text === '' ? undefined : JSON.parse(text))
          : [401, { message: 'Bad credentials' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    api: `http://127.0.0.1:${port}`,
    pulls,
    merge,
    failing,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
