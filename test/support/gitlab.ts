import { z } from 'zod';
import { type GitServer, login } from './git-server.ts';
import { type Answered, type Asked, mergeOn, type Pull, type Pulls, serveJson } from './pulls.ts';

const created = z.strictObject({
  source_branch: z.string(),
  target_branch: z.string(),
  title: z.string().max(255),
  description: z.string().max(1_048_576),
});

const merged = new Map(['newest', 'older', 'hidden'].map((word, index) => [word, `${index + 1}`.repeat(40)]));

/** Pipelines as the words of `mergeable` say, and GitLab's own commits that some of them are of. */
function pipelinesOn(git: GitServer, pulls: readonly Pull[]) {
  const sha = (branch: string) => git.tip(branch);
  return {
    pipelineOf: ({ number, head }: Pull, status: string, word = '') => {
      if (status === 'none') return null;
      const [kind = '', of = ''] = word.split(':');
      const other = kind === 'stale' ? 'a'.repeat(40) : merged.get(of);
      const request = { merged: number, foreign: 99 }[kind];
      const ref = request === undefined ? head : `refs/merge-requests/${request}/merge`;
      return { id: 1, status, ref, sha: other ?? sha(head) };
    },
    /** The parents: the branch it goes to, then the commit of the request. One may not be read. */
    commitOf: (id: string): Answered => {
      const of = { newest: pulls[0]?.head, older: 'main' }[
        [...merged].find((each) => each[1] === id)?.[0] ?? ''
      ];
      return of === undefined
        ? [404, { message: '404 Commit Not Found' }]
        : [200, { id, parent_ids: [sha('main'), sha(of)] }];
    },
  };
}

const datesOf = (word: string | undefined) => {
  const [now, before] = [new Date().toISOString(), '2026-01-01T00:00:00.000Z'];
  return { created_at: word === 'fresh' ? now : before, updated_at: word === 'pushed' ? now : before };
};

/**
 * `mergeable` of a pull is `detailed_merge_status`, and after blanks the status of its pipeline, or `none`, and `fresh` for a
 * request of this moment, `pushed` for one that was changed in it or `stale` for a pipeline of another commit; `merged:newest`,
 * `merged:older` and `merged:hidden` for one of the merged result, `foreign:newest` for that of another request:
 * `mergeable failed`, `mergeable none fresh`.
 */
export async function startGitLab(git: GitServer): Promise<Pulls> {
  const pulls: Pull[] = [];
  const all = '/projects/team/shop/merge_requests';
  const merge = (number: number) => mergeOn(git, pulls, number);
  const has = (branch: string) =>
    git.git('for-each-ref', '--format=%(refname)', `refs/heads/${branch}`) !== '';
  const { pipelineOf, commitOf } = pipelinesOn(git, pulls);
  const shown = (pull: Pull) => {
    const [status, pipeline = 'none', word] = pull.mergeable.split(' ');
    const sha = git.tip(pull.head);
    return {
      id: 9000 + pull.number,
      iid: pull.number,
      web_url: `https://gitlab.example/team/shop/-/merge_requests/${pull.number}`,
      state: pull.merged === undefined ? (pull.state === 'open' ? 'opened' : 'closed') : 'merged',
      ...{ source_branch: pull.head, target_branch: pull.base },
      ...{ source_project_id: 7, target_project_id: 7 },
      sha,
      ...datesOf(word),
      merge_commit_sha: pull.merged ?? null,
      squash_commit_sha: null,
      detailed_merge_status: pull.state === 'open' ? status : 'not_open',
      head_pipeline: pipelineOf(pull, pipeline, word),
      closed_by: pull.closedBy === undefined ? null : { id: 1, username: pull.closedBy },
    };
  };
  const list = (query: URLSearchParams): Answered => [
    200,
    pulls
      .filter(
        ({ head, base, state }) =>
          head === query.get('source_branch') &&
          base === query.get('target_branch') &&
          // Without it the open ones and all others are meant too.
          (query.get('state') === 'all' || state === 'open'),
      )
      .map(shown)
      .reverse(),
  ];
  const create = (body: unknown): Answered => {
    const { source_branch: head, target_branch: base, title, description } = created.parse(body);
    const other = pulls.find((each) => each.head === head && each.base === base && each.state === 'open');
    if (other !== undefined)
      return [
        409,
        { message: [`Another open merge request already exists for this source branch: !${other.number}`] },
      ];
    if (!has(head)) return [422, { message: [`Source branch "${head}" does not exist`] }];
    const number = pulls.length + 1;
    const made: Pull = {
      ...{ number, head, base, title },
      body: description,
      state: 'open',
      mergeable: 'not_approved',
    };
    pulls.push(made);
    return [201, shown(made)];
  };
  const ofOne = (pull: Pull, { method, path, body }: Asked): Answered => {
    if (method === 'GET') return [200, shown(pull)];
    if (method !== 'PUT' || !path.endsWith('/merge')) return [405, { message: '405 Method Not Allowed' }];
    const { sha } = z.object({ sha: z.string() }).parse(body);
    if (sha !== git.tip(pull.head)) return [409, { message: 'SHA does not match HEAD of source branch' }];
    if (!pull.mergeable.startsWith('mergeable')) return [405, { message: '405 Method Not Allowed' }];
    merge(pull.number);
    return [200, shown(pull)];
  };
  const server = await serveJson((asked) => {
    if (asked.headers['private-token'] !== login.password) return [401, { message: '401 Unauthorized' }];
    if (asked.path === all && asked.method === 'GET') return list(asked.query);
    if (asked.path === all && asked.method === 'POST') return create(asked.body);
    const [, commit] = /\/repository\/commits\/([0-9a-f]{40})$/.exec(asked.path) ?? [];
    if (commit !== undefined) return commitOf(commit);
    const number = Number(/\/merge_requests\/(\d+)(?:\/merge)?$/.exec(asked.path)?.[1]);
    const pull = pulls.find((each) => each.number === number);
    return pull === undefined ? [404, { message: '404 Not found' }] : ofOne(pull, asked);
  });
  return { ...server, pulls, merge };
}
