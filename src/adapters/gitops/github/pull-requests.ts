import { request } from '@octokit/request';
import { RequestError } from '@octokit/request-error';
import { z } from 'zod';
import { RepositoryFault } from '../../../workflow/repositories-port.ts';
import type { Remote } from '../git/remote.ts';

const pull = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable_state: z.string().nullish(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
});
type Pull = z.infer<typeof pull>;

/** The pull requests of one repository (docs.github.com, REST API, "Pull requests"). */
export interface PullRequests {
  /** The one of a branch into another, the newest, whether it is open or not. */
  find(branch: string, base: string): Promise<Pull | undefined>;
  open(wanted: {
    readonly branch: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<
    { readonly kind: 'open'; readonly pull: Pull } | { readonly kind: 'refused'; readonly reason: string }
  >;
  look(number: number): Promise<Pull>;
  /** Merges it as it was approved. False where GitHub does not let it be merged. */
  merge(number: number, sha: string): Promise<boolean>;
  /** Who closed it, where GitHub says so. */
  closedBy(number: number): Promise<string | undefined>;
}

/** The API of GitHub itself, or of GitHub Enterprise Server at the host (docs.github.com, "Using the API"). */
const apiOf = ({ host }: Remote): string =>
  (
    host.api ?? (host.host === 'github.com' ? 'https://api.github.com' : `https://${host.host}/api/v3`)
  ).replace(/\/+$/, '');

/** Milliseconds for one answer. */
const patience = 15_000;

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

export function createPullRequests(remote: Remote, signal: AbortSignal): PullRequests {
  const [owner = '', ...rest] = remote.path.split('/');
  const repo = rest.join('/');
  const ask = askOf(remote, signal);
  const here = { owner, repo };
  const asked = async <T>(schema: z.ZodType<T>, answer: Promise<{ readonly data: unknown }>): Promise<T> => {
    const { data } = await answer.catch((fault: unknown) => {
      throw faultOf(remote, fault);
    });
    const read = schema.safeParse(data);
    if (read.success) return read.data;
    throw new RepositoryFault(`${remote.host.host} answers otherwise than GitHub's API documents.`, {
      cause: read.error,
    });
  };
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
    return found.find((each) => each.head.ref === branch && each.base.ref === base);
  };
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
        return { kind: 'open', pull: pull.parse(data) };
      } catch (fault) {
        if (!(fault instanceof RequestError) || fault.status !== 422) throw faultOf(remote, fault);
        // One that another replica has opened a moment ago, or what GitHub will never take.
        const there = await find(branch, base);
        return there === undefined
          ? { kind: 'refused', reason: fault.message }
          : { kind: 'open', pull: there };
      }
    },
    look: (number) =>
      asked(pull, ask('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...here, pull_number: number })),
    async merge(number, sha) {
      try {
        await ask('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
          ...here,
          pull_number: number,
          sha,
        });
        return true;
      } catch (fault) {
        // Not mergeable, or its head has moved: people see to it.
        if (fault instanceof RequestError && [403, 405, 409, 422].includes(fault.status)) return false;
        throw faultOf(remote, fault);
      }
    },
    async closedBy(number) {
      const issue = z.object({ closed_by: z.object({ login: z.string() }).nullish() });
      const seen = await asked(
        issue,
        ask('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...here, issue_number: number }),
      );
      return seen.closed_by?.login;
    },
  };
}

function faultOf({ host }: Remote, fault: unknown): RepositoryFault {
  if (fault instanceof RepositoryFault) return fault;
  const status = fault instanceof RequestError ? ` (HTTP ${fault.status})` : '';
  const why = fault instanceof Error ? fault.message : String(fault);
  return new RepositoryFault(`The API of ${host.host} did not answer as asked${status}: ${why}`, {
    cause: fault,
  });
}
