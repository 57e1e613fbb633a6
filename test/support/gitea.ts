import { z } from 'zod';
import { type GitServer, login } from './git-server.ts';
import { type Answered, type Asked, mergeOn, type Pull, type Pulls, serveJson } from './pulls.ts';

const created = z.strictObject({ head: z.string(), base: z.string(), title: z.string(), body: z.string() });
const merging = z.strictObject({ Do: z.enum(['merge', 'rebase', 'squash']), head_commit_id: z.string() });

/** Words of `mergeable` of a pull, as many as hold. Without `approved` the branch is protected; `fresh` is one of this moment, `pushed` one that was changed in it. */
type Word = 'mergeable' | 'approved' | 'pending' | 'passed' | 'changes' | 'asked' | 'fresh' | 'pushed';

/** Gitea's API for pull requests (go-gitea/gitea, routers/api/v1/repo/pull.go). Its repository allows squashing alone. */
export async function startGitea(git: GitServer): Promise<Pulls> {
  const pulls: Pull[] = [];
  const here = '/repos/team/shop';
  const sha = (branch: string) => git.tip(branch);
  const merge = (number: number) => mergeOn(git, pulls, number);
  const is = (pull: Pull, word: Word) => pull.mergeable.split(' ').includes(word);
  const shown = (pull: Pull) => ({
    number: pull.number,
    html_url: `https://forgejo.example/team/shop/pulls/${pull.number}`,
    state: pull.state,
    merged: pull.merged !== undefined,
    merge_commit_sha: pull.merged ?? null,
    mergeable: is(pull, 'mergeable'),
    draft: false,
    created_at: is(pull, 'fresh') ? new Date().toISOString() : '2026-01-01T00:00:00Z',
    updated_at: is(pull, 'pushed') ? new Date().toISOString() : '2026-01-01T00:00:00Z',
    head: { ref: pull.head, sha: sha(pull.head) },
    base: { ref: pull.base, sha: sha(pull.base) },
  });
  const find = (base: string, head: string) =>
    pulls.find((each) => each.base === base && each.head === head && each.state === 'open') ??
    pulls.find((each) => each.base === base && each.head === head);
  const create = (body: unknown): Answered => {
    const wanted = created.parse(body);
    if (find(wanted.base, wanted.head)?.state === 'open')
      return [409, { message: 'pull request already exists for these targets' }];
    const made: Pull = { ...wanted, number: pulls.length + 1, state: 'open', mergeable: 'mergeable' };
    pulls.push(made);
    return [201, shown(made)];
  };
  const mergeAsked = (pull: Pull, body: unknown): Answered => {
    const { Do: style, head_commit_id: head } = merging.parse(body);
    if (style !== 'squash')
      return [405, { message: `${style} is not allowed an allowed merge style for this repository` }];
    if (!is(pull, 'mergeable')) return [405, { message: 'Please try again later' }];
    if (!is(pull, 'approved')) return [405, { message: 'Does not have enough approvals' }];
    if (head !== sha(pull.head)) return [409, { message: 'head out of date' }];
    merge(pull.number);
    return [200, undefined];
  };
  const reviews = (pull: Pull) => [
    { id: 1, state: 'REQUEST_CHANGES', user: { login: 'ann' } },
    ...(is(pull, 'changes') ? [] : [{ id: 2, state: 'APPROVED', user: { login: 'ann' } }]),
    ...(is(pull, 'asked') ? [{ id: 3, state: 'REQUEST_REVIEW', user: { login: 'ben' } }] : []),
  ];
  const timeline = (pull: Pull) => [
    { type: 'comment', user: { login: 'ann' } },
    ...(pull.closedBy === undefined ? [] : [{ type: 'close', user: { login: pull.closedBy } }]),
  ];
  const ofOne = (pull: Pull, { method, path, body }: Asked): Answered => {
    if (method === 'POST' && path.endsWith('/merge')) return mergeAsked(pull, body);
    if (path.endsWith('/reviews')) return [200, reviews(pull)];
    return [200, path.endsWith('/timeline') ? timeline(pull) : shown(pull)];
  };
  const checksOf = (commit: string): Answered => {
    const said = (word: Word) => pulls.some((each) => sha(each.head) === commit && is(each, word));
    if (said('pending')) return [200, { state: 'pending', total_count: 1 }];
    return [200, said('passed') ? { state: 'success', total_count: 1 } : null];
  };
  const answer = (asked: Asked): Answered => {
    const { method, path, body } = asked;
    if (path === here) return [200, { default_merge_style: 'squash' }];
    if (path === `${here}/pulls` && method === 'POST') return create(body);
    const [, commit] = /\/commits\/([0-9a-f]{40})\/status$/.exec(path) ?? [];
    return commit === undefined ? aboutPull(asked) : checksOf(commit);
  };
  const aboutPull = (asked: Asked): Answered => {
    const { path } = asked;
    const number = Number(/\/(?:pulls|issues)\/(\d+)(?:\/(?:merge|reviews|timeline))?$/.exec(path)?.[1]);
    const [, base = '', head = ''] = /\/pulls\/([^/]+)\/(firebreak\/.+)$/.exec(path) ?? [];
    const pull = head === '' ? pulls.find((each) => each.number === number) : find(base, head);
    if (pull === undefined) return [404, { message: 'The target could not be found.' }];
    return head === '' ? ofOne(pull, asked) : [200, shown(pull)];
  };
  const server = await serveJson((asked) =>
    asked.headers.authorization === `token ${login.password}`
      ? answer(asked)
      : [401, { message: 'token is required' }],
  );
  return { ...server, pulls, merge };
}
