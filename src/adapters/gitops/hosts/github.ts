import { request } from '@octokit/request';
import { RequestError } from '@octokit/request-error';
import { z } from 'zod';
import { RepositoryFault } from '../../../workflow/repositories-port.ts';
import type { Remote } from '../git/remote.ts';
import { checksAwaited, type Pull, type PullRequests, timeAt } from './pull-requests.ts';

const pull = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable_state: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  head: z.object({
    ref: z.string(),
    sha: z.string(),
    repo: z.object({ pushed_at: z.string().nullish() }).nullish(),
  }),
  base: z.object({ ref: z.string() }),
});
type Found = z.infer<typeof pull>;

const commit = z.object({ commit: z.object({ committer: z.object({ date: z.string() }).nullish() }) });

/** The API of GitHub itself, or of GitHub Enterprise Server at the host (docs.github.com, "Using the API"). */
export const apiOf = ({ host }: Pick<Remote, 'host'>): string =>
  (
    host.api ?? (host.host === 'github.com' ? 'https://api.github.com' : `https://${host.host}/api/v3`)
  ).replace(/\/+$/, '');

/** Milliseconds for one answer. */
export const patience = 15_000;

type Ask = ReturnType<typeof request.defaults>;

function askOf(remote: Remote, signal: AbortSignal): Ask {
  const { credentials } = remote;
  return request.defaults({
    baseUrl: apiOf(remote),
    headers: {
      'user-agent': 'firebreak',
      'x-github-api-version': '2022-11-28',
      ...(credentials === undefined ? {} : { authorization: `token ${credentials.password}` }),
    },
    // A redirect would carry the token to whoever it names.
    request: { redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) },
  });
}

type Answering = Promise<{ readonly data: unknown }>;

async function readAs<T>(remote: Remote, schema: z.ZodType<T>, answer: Answering): Promise<T> {
  const { data } = await answer.catch((fault: unknown) => {
    throw faultOf(remote, fault);
  });
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new RepositoryFault(`${remote.host.host} answers otherwise than GitHub's API documents.`, {
    cause: read.error,
  });
}

/** When a commit was made, by the clock of whoever made it; undefined where the token may not read it. */
async function dateOf(remote: Remote, answer: Answering): Promise<string | undefined> {
  try {
    return commit.safeParse((await answer).data).data?.commit.committer?.date;
  } catch (fault) {
    if (fault instanceof RequestError && [403, 404, 422].includes(fault.status)) return undefined;
    throw faultOf(remote, fault);
  }
}

/** The pull requests of one repository (docs.github.com, REST API, "Pull requests"). */
export function githubPulls(remote: Remote, signal: AbortSignal): PullRequests {
  const [owner = '', ...rest] = remote.path.split('/');
  const repo = rest.join('/');
  const ask = askOf(remote, signal);
  const here = { owner, repo };
  const asked = <T>(schema: z.ZodType<T>, answer: Answering) => readAs(remote, schema, answer);
  const find = async (branch: string, base: string): Promise<Pull | undefined> => {
    const query = {
      ...here,
      head: `${owner}:${branch}`,
      base,
      state: 'all',
      sort: 'created',
      direction: 'desc',
    } as const;
    const found = await asked(z.array(pull), ask('GET /repos/{owner}/{repo}/pulls', query));
    const ours = found.find((each) => each.head.ref === branch && each.base.ref === base);
    return ours && seen(ours);
  };
  const committedAt = (sha: string) =>
    dateOf(remote, ask('GET /repos/{owner}/{repo}/commits/{ref}', { ...here, ref: sha }));
  return {
    find,
    async open({ branch, base, title, body }) {
      try {
        const { data } = await ask('POST /repos/{owner}/{repo}/pulls', {
          ...here,
          head: branch,
          base,
          title,
          body,
        });
        return { kind: 'open', pull: seen(pull.parse(data)) };
      } catch (fault) {
        if (!(fault instanceof RequestError) || fault.status !== 422) throw faultOf(remote, fault);
        // One that another replica has opened a moment ago, or what GitHub will never take.
        const there = await find(branch, base);
        return there === undefined
          ? { kind: 'refused', reason: fault.message }
          : { kind: 'open', pull: there };
      }
    },
    async look(number) {
      const query = { ...here, pull_number: number };
      const answer = ask('GET /repos/{owner}/{repo}/pulls/{pull_number}', query);
      const found = await asked(pull, answer);
      const now = timeAt((await answer).headers.date);
      // It is clean, too, while no check has been begun.
      if (found.state !== 'open' || found.mergeable_state !== 'clean') return seen(found);
      return seen(found, { awaited: await awaitedBy(found, now, committedAt) });
    },
    async merge(number, sha) {
      try {
        await ask('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
          ...here,
          pull_number: number,
          sha,
        });
        return 'the merge';
      } catch (fault) {
        // Not mergeable, or its head has moved: people see to it.
        if (fault instanceof RequestError && [403, 405, 409, 422].includes(fault.status))
          return 'somebody who merges it';
        throw faultOf(remote, fault);
      }
    },
    closedBy: (number) =>
      closedBy(
        remote,
        ask('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...here, issue_number: number }),
      ),
  };
}

const issue = z.object({ closed_by: z.object({ login: z.string() }).nullish() });

/** It is closed, whoever may not be told by whom: issues are a right of their own. */
async function closedBy(
  remote: Remote,
  answer: Promise<{ readonly data: unknown }>,
): Promise<string | undefined> {
  try {
    return issue.safeParse((await answer).data).data?.closed_by?.login;
  } catch (fault) {
    if (fault instanceof RequestError && [403, 404, 410].includes(fault.status)) return undefined;
    throw faultOf(remote, fault);
  }
}

function faultOf({ host }: Remote, fault: unknown): RepositoryFault {
  if (fault instanceof RepositoryFault) return fault;
  const status = fault instanceof RequestError ? ` (HTTP ${fault.status})` : '';
  const why = fault instanceof Error ? fault.message : String(fault);
  return new RepositoryFault(`The API of ${host.host} did not answer as asked${status}: ${why}`, {
    cause: fault,
  });
}

/**
 * What a request that is clean waits for, all the same: for checks that may not have been begun, the slow ones beside one that
 * has passed already. What branch protection asks for is waited for in any case.
 */
async function awaitedBy(
  found: Found,
  now: number,
  committedAt: (sha: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const sinceChanged = checksAwaited(found, now);
  if (sinceChanged === undefined) return undefined;
  const { created_at, updated_at, head } = found;
  const [changed, pushed, committed] = [updated_at, head.repo?.pushed_at, await committedAt(head.sha)];
  if (!changed || !pushed || committed === undefined) return sinceChanged;
  // A comment changes a request, too. No push of its commit was later than any of these.
  const latest = Math.min(Date.parse(changed), Math.max(Date.parse(pushed), Date.parse(committed)));
  if (Number.isNaN(latest)) return sinceChanged;
  return checksAwaited({ created_at, updated_at: new Date(latest).toISOString() }, now);
}

/** Of one that was not looked at by itself nobody knows since when it stands as it does. */
const notAsked = { awaited: 'its checks, if some begin' };

/** @param awaited see awaitedBy */
function seen(found: Found, { awaited }: { readonly awaited: string | undefined } = notAsked): Pull {
  const { number, html_url: url, merge_commit_sha: mergedAs, mergeable_state: state } = found;
  return {
    ...{ number, url, head: found.head.sha, base: found.base.ref },
    state: found.merged_at ? 'merged' : found.state,
    ...(found.merged_at && mergedAs ? { mergedAs } : {}),
    standing:
      awaited === undefined && state === 'clean' ? 'ready' : state === 'dirty' ? 'conflicts' : 'waiting',
    waitsFor: (state === 'clean' ? awaited : undefined) ?? waitingFor(state),
  };
}

/** What GitHub's `mergeable_state` means for people (docs.github.com, GraphQL, MergeStateStatus). */
function waitingFor(state: string | null | undefined): string {
  const known: Readonly<Record<string, string>> = {
    clean: 'somebody who merges it',
    blocked: 'reviews or checks that the branch asks for',
    unstable: 'checks that have not passed',
    behind: 'an update from the branch it goes to',
    dirty: 'people: it conflicts with the branch it goes to',
    draft: 'somebody who marks it as ready',
  };
  return known[state ?? ''] ?? 'checks, reviews and a merge';
}
