import { z } from 'zod';
import type { Remote } from '../git/remote.ts';
import { createJsonApi, isGood, type JsonApi, saidBy } from './json-api.ts';
import { checksAwaited, type Pull, type PullRequests, timeAt } from './pull-requests.ts';

const end = z.object({ ref: z.string(), sha: z.string() });

const pullRequest = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable: z.boolean().nullish(),
  draft: z.boolean().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  head: end,
  base: end,
});
type PullRequest = z.infer<typeof pullRequest>;

/** Null, or of nothing, where no check has said anything. */
const combined = z.object({ state: z.string().nullish(), total_count: z.number().nullish() }).nullish();

const review = z.object({
  state: z.string(),
  dismissed: z.boolean().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

const comment = z.object({ type: z.string(), user: z.object({ login: z.string() }).nullish() });

/** The API of Gitea or Forgejo at the host, as whoever logs in there. */
export function giteaApi(remote: Pick<Remote, 'host' | 'credentials'>, signal: AbortSignal): JsonApi {
  const { host, credentials } = remote;
  const base = (host.api ?? `https://${host.host}/api/v1`).replace(/\/+$/, '');
  const headers: Record<string, string> =
    credentials === undefined ? {} : { authorization: `token ${credentials.password}` };
  return createJsonApi(remote, base, headers, signal);
}

/** The pull requests of one repository of Gitea or Forgejo (docs.gitea.com, "API"; forgejo.org/docs, "API usage"). */
export function giteaPulls(remote: Remote, signal: AbortSignal): PullRequests {
  const { host } = remote;
  const api = giteaApi(remote, signal);
  const here = `/repos/${remote.path.split('/').map(encodeURIComponent).join('/')}`;
  const find: PullRequests['find'] = async (branch, target) => {
    // Of this repository's own branch: one of a fork would have its owner before a colon.
    const answer = await api.ask('GET', `${here}/pulls/${encodeURIComponent(target)}/${pathOf(branch)}`);
    if (answer.status === 404) return undefined;
    if (!isGood(answer)) throw api.fault(answer);
    return pullOf(api.known(pullRequest, answer.data));
  };
  return {
    find,
    async open({ branch, base: target, title, body }) {
      const answer = await api.ask('POST', `${here}/pulls`, { head: branch, base: target, title, body });
      if (isGood(answer)) return { kind: 'open', pull: pullOf(api.known(pullRequest, answer.data)) };
      if (![409, 422].includes(answer.status)) throw api.fault(answer);
      // One that another replica has opened a moment ago (409), or what the host will never take.
      const there = await find(branch, target);
      const reason = `${host.host} refuses the pull request (HTTP ${answer.status}): ${saidBy(answer.data)}`;
      return there === undefined ? { kind: 'refused', reason } : { kind: 'open', pull: there };
    },
    async look(number) {
      const answer = await api.ask('GET', `${here}/pulls/${number}`);
      if (!isGood(answer)) throw api.fault(answer);
      const found = api.known(pullRequest, answer.data);
      const pull = pullOf(found);
      const now = timeAt(answer.header('date'));
      return pull.state === 'open' ? { ...pull, ...(await standingOf(api, here, found, now)) } : pull;
    },
    async merge(number, sha) {
      const { default_merge_style: style } = await api.read(
        z.object({ default_merge_style: z.string().nullish() }),
        here,
      );
      const wanted = { Do: style ?? 'merge', head_commit_id: sha };
      const answer = await api.ask('POST', `${here}/pulls/${number}/merge`, wanted);
      if (isGood(answer)) return 'the merge';
      // Approvals or checks that the branch asks for (405), or its head or the branch has moved (409).
      if (answer.status === 405) return 'reviews or checks that the branch asks for';
      if ([403, 409, 422].includes(answer.status)) return 'somebody who merges it';
      throw api.fault(answer);
    },
    async closedBy(number) {
      // The request itself does not say who closed it.
      const answer = await api.ask('GET', `${here}/issues/${number}/timeline`);
      const told = z.array(comment).nullish().safeParse(answer.data);
      if (!isGood(answer) || !told.success) return undefined;
      return told.data?.findLast(({ type }) => type === 'close')?.user?.login;
    },
  };
}

const pathOf = (branch: string): string => branch.split('/').map(encodeURIComponent).join('/');

function pullOf(found: PullRequest): Pull {
  const { number, html_url: url, head, base, merged, merge_commit_sha: mergedAs } = found;
  return {
    ...{ number, url, head: head.sha, base: base.ref },
    state: merged ? 'merged' : found.state,
    ...(merged && mergedAs ? { mergedAs } : {}),
    ...waiting('checks, reviews and a merge'),
  };
}

const waiting = (waitsFor: string) => ({ standing: 'waiting', waitsFor }) as const;

/** `mergeable` says only that there is no conflict: checks and reviews are asked for one by one. */
async function standingOf(
  api: JsonApi,
  here: string,
  found: PullRequest,
  now: number,
): Promise<Pick<Pull, 'standing' | 'waitsFor'>> {
  const { number, mergeable, draft, head } = found;
  if (draft) return waiting('somebody who marks it as ready');
  // False for a conflict, for a check for conflicts that goes on, and for one that failed (go-gitea/gitea, models/issues/pull.go).
  if (mergeable !== true)
    return { standing: 'unclear', waitsFor: 'people, if it conflicts with the branch it goes to' };
  const checks = await api.read(combined, `${here}/commits/${head.sha}/status`);
  const isChecked = (checks?.total_count ?? 0) > 0;
  if (isChecked && !['success', 'skipped'].includes(checks?.state ?? ''))
    return waiting('checks that have not passed');
  const awaited = isChecked ? undefined : checksAwaited(found, now);
  if (awaited !== undefined) return waiting(awaited);
  const reviews =
    (await api.read(z.array(review).nullish(), `${here}/pulls/${number}/reviews?limit=50`)) ?? [];
  const newest = new Map(
    reviews
      .filter(({ state, dismissed }) => dismissed !== true && state !== 'COMMENT' && state !== 'PENDING')
      .map(({ user, state }) => [user?.login ?? '', state]),
  );
  const states = [...newest.values()];
  if (states.includes('REQUEST_CHANGES')) return waiting('people: a reviewer asks for changes');
  if (states.includes('REQUEST_REVIEW')) return waiting('reviews that were asked for');
  return { standing: 'ready', waitsFor: 'somebody who merges it' };
}
