import { sign } from 'node:crypto';
import { request } from '@octokit/request';
import { RequestError } from '@octokit/request-error';
import { Errors } from 'isomorphic-git';
import { z } from 'zod';
import { RepositoryFault } from '../../../workflow/repositories-port.ts';
import type { GitHubApp, Remote } from '../git/remote.ts';
import { apiOf, patience } from './github.ts';

/** Logs in at GitHub as an app, where one is to. */
export interface AppLogins {
  /** Does it with a token of the app for that one repository; where GitHub says that it has ended, once more with a new one. */
  loggedIn<T>(remote: Remote, signal: AbortSignal, work: (remote: Remote) => Promise<T>): Promise<T>;
}

interface Token {
  readonly text: string;
  /** Milliseconds since 1970 by the clock of GitHub. */
  readonly until: number;
}

/** Milliseconds before its end from which a token is not begun with: more than all that is done with a repository takes. */
const margin = 5 * 60_000;

/** Milliseconds by which a clock may be wrong without being told. */
export const unnoticed = 30_000;

const installation = z.object({ id: z.number() });
const accessToken = z.object({ token: z.string().min(1), expires_at: z.string() });

/** What Firebreak does with a repository, and nothing else, whatever the app may do. */
const permissions = { contents: 'write', pull_requests: 'write' } as const;

/** @param now milliseconds by the clock of this machine */
export function createAppLogins(now: () => number): AppLogins {
  const tokens = new Map<string, Token>();
  /** How far the clock of a host is before ours. Milliseconds. */
  const ahead = new Map<string, number>();
  const timeAt = ({ host }: Remote) => now() + (ahead.get(host.host) ?? 0);

  const granted = async (remote: Remote, app: GitHubApp, signal: AbortSignal): Promise<Token> => {
    try {
      return await tokenFor(remote, app, timeAt(remote), signal);
    } catch (fault) {
      const theirs = statusOf(fault) === 401 ? clockOf(fault) : undefined;
      if (theirs === undefined || Math.abs(theirs - timeAt(remote)) < unnoticed)
        throw refusal(remote, app, fault);
      ahead.set(remote.host.host, theirs - now());
    }
    return tokenFor(remote, app, timeAt(remote), signal).catch((fault: unknown) => {
      throw refusal(remote, app, fault);
    });
  };
  return {
    async loggedIn(remote, signal, work) {
      const { app } = remote;
      if (app === undefined) return work(remote);
      const key = `${remote.host.host}/${remote.path}`;
      const enter = async (): Promise<Remote> => {
        const known = tokens.get(key);
        const isGood = known !== undefined && known.until - margin > timeAt(remote);
        const token = isGood ? known : await granted(remote, app, signal);
        tokens.set(key, token);
        // As GitHub wants it of an app that pushes ("Authenticating as a GitHub App installation").
        return { ...remote, credentials: { username: 'x-access-token', password: token.text } };
      };
      const first = await enter();
      try {
        return await work(first);
      } catch (fault) {
        if (!isRefused(fault)) throw fault;
        if (tokens.get(key)?.text === first.credentials?.password) tokens.delete(key);
        return work(await enter());
      }
    },
  };
}

/** A token for the one repository, for an hour (docs.github.com, "Generating an installation access token for a GitHub App"). */
async function tokenFor(remote: Remote, app: GitHubApp, time: number, signal: AbortSignal): Promise<Token> {
  const [owner = '', ...rest] = remote.path.split('/');
  const repo = rest.join('/');
  const ask = request.defaults({
    baseUrl: apiOf(remote),
    headers: {
      'user-agent': 'firebreak',
      'x-github-api-version': '2022-11-28',
      authorization: `bearer ${signed(app, time)}`,
    },
    request: { redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) },
  });
  const id =
    app.installation ??
    installation.parse((await ask('GET /repos/{owner}/{repo}/installation', { owner, repo })).data).id;
  const { data } = await ask('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: id,
    repositories: [repo],
    permissions,
  });
  const { token, expires_at } = accessToken.parse(data);
  return { text: token, until: Date.parse(expires_at) };
}

/**
 * Who the app is, signed by its key: from a minute ago, for clocks that differ, and for less than the ten minutes that GitHub
 * allows (docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App"; RFC 7518, RS256).
 */
export function signed({ id, privateKey }: GitHubApp, time: number): string {
  const seconds = Math.floor(time / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iat: seconds - 60, exp: seconds + 540, iss: id };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

const statusOf = (fault: unknown): number | undefined =>
  fault instanceof RequestError ? fault.status : undefined;

/** What time it is at GitHub, by its answer. */
function clockOf(fault: unknown): number | undefined {
  const date = fault instanceof RequestError ? fault.response?.headers.date : undefined;
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** The words of the fault are left out: they are GitHub's, and say less. */
function refusal({ host, path }: Remote, { id }: GitHubApp, cause: unknown): unknown {
  const status = statusOf(cause);
  const known: Readonly<Record<number, string>> = {
    401: `${host.host} does not accept the GitHub App ${id}: its id or its private key is another one, or a clock is wrong.`,
    403: `${host.host} lets the GitHub App ${id} do nothing: it is suspended, or asks too often.`,
    404: `The GitHub App ${id} is not installed for ${path} at ${host.host}.`,
    422: `The GitHub App ${id} may not read and write contents and pull requests of ${path} at ${host.host}, or is not installed for it.`,
  };
  const said = known[status ?? 0];
  if (said !== undefined) return new RepositoryFault(said, { cause });
  if (cause instanceof z.ZodError || cause instanceof RequestError)
    return new RepositoryFault(
      `${host.host} gives the GitHub App ${id} no token${status ? ` (HTTP ${status})` : ''}.`,
      {
        cause,
      },
    );
  return cause;
}

/** The host knows the token no more: it has ended or was revoked. */
function isRefused(fault: unknown): boolean {
  if (!(fault instanceof RepositoryFault)) return false;
  const { cause } = fault;
  return statusOf(cause) === 401 || (cause instanceof Errors.HttpError && cause.data.statusCode === 401);
}
