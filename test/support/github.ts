import { z } from 'zod';
import { type GitServer, login } from './git-server.ts';
import { type GitHubApps, noApp } from './github-app.ts';
import { type Answered, type Asked, mergeOn, type Pull, type Pulls, serveJson } from './pulls.ts';

/**
 * GitHub's API for pull requests over the repository of a Git server (docs.github.com, REST API, "Pull requests").
 * `mergeable` of a pull is `mergeable_state`, and after blanks what is so: `fresh`, it was made this moment; `pushed`, its commit
 * was pushed in it; `commented`, it was only written to; `lagging`, it was pushed and the repository does not say so yet;
 * `hidden`, its commit may not be read.
 */
export type GitHub = Pulls;

const created = z.object({ head: z.string(), base: z.string(), title: z.string(), body: z.string() });

/** @param apps that may log in beside the user of the Git server */
export async function startGitHub(git: GitServer, apps: GitHubApps = noApp): Promise<GitHub> {
  const pulls: Pull[] = [];
  const sha = (branch: string) => git.tip(branch);
  const merge = (number: number) => mergeOn(git, pulls, number);
  const long = '2026-01-01T00:00:00Z';
  const is = ({ mergeable }: Pull, ...words: string[]) =>
    mergeable
      .split(' ')
      .slice(1)
      .some((word) => words.includes(word));
  const nowIf = (holds: boolean) => (holds ? new Date().toISOString() : long);
  const shown = (pull: Pull) => ({
    number: pull.number,
    html_url: `https://github.example/team/shop/pull/${pull.number}`,
    state: pull.state,
    merged_at: pull.merged === undefined ? null : '2026-01-01T00:00:00Z',
    merge_commit_sha: pull.merged ?? null,
    mergeable_state: pull.mergeable.split(' ')[0],
    created_at: nowIf(is(pull, 'fresh')),
    updated_at: nowIf(is(pull, 'fresh', 'pushed', 'lagging', 'commented')),
    head: { ref: pull.head, sha: sha(pull.head), repo: { pushed_at: nowIf(is(pull, 'pushed')) } },
    base: { ref: pull.base },
  });
  const answer = ({ method, path, query, body }: Asked): Answered => {
    const [, ref] = /^\/repos\/team\/shop\/commits\/([0-9a-f]{40})$/.exec(path) ?? [];
    const of = pulls.find((each) => ref !== undefined && sha(each.head) === ref);
    if (of !== undefined) return ofCommit(of);
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
  const ofCommit = (pull: Pull): Answered =>
    is(pull, 'hidden')
      ? [403, { message: 'Resource not accessible by personal access token' }]
      : [200, { sha: sha(pull.head), commit: { committer: { date: nowIf(!is(pull, 'commented')) } } }];
  const ofOne = (pull: Pull, method: string, path: string): Answered => {
    if (path.startsWith('/repos/team/shop/issues/'))
      return [200, { closed_by: pull.closedBy === undefined ? null : { login: pull.closedBy } }];
    if (method !== 'PUT') return [200, shown(pull)];
    if (pull.mergeable.split(' ')[0] !== 'clean') return [405, { message: 'Not mergeable' }];
    return [200, { sha: merge(pull.number), merged: true }];
  };
  const server = await serveJson((asked) => {
    const asApp = apps.answer(asked);
    if (asApp !== undefined) return asApp;
    const [, token = ''] = /^token (.+)$/.exec(asked.headers.authorization ?? '') ?? [];
    if (token === login.password || apps.mayUse(token)) return answer(asked);
    return [401, { message: 'Bad credentials' }];
  }, apps.date);
  return { ...server, pulls, merge };
}
