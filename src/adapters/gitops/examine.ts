import { RequestError } from '@octokit/request-error';
import { Errors } from 'isomorphic-git';
import { z } from 'zod';
import { withoutLogin } from '../../domain/manifest/address.ts';
import type { GitHost } from '../../domain/policy/repositories.ts';
import { RepositoryFault } from '../../workflow/repositories-port.ts';
import { type Logins, notAsked, type Remote, remoteOf } from './git/remote.ts';
import { askToPush } from './git/repository.ts';
import { giteaApi } from './hosts/gitea.ts';
import { apiOf } from './hosts/github.ts';
import { createAppLogins, signed, unnoticed } from './hosts/github-app.ts';
import { gitlabApi } from './hosts/gitlab.ts';
import { type Answer, createJsonApi, isGood, saidBy } from './hosts/json-api.ts';

/**
 * What came of trying a login: `nobody` has one, `refused` and why, `lacking` a right, `unseen` where the host has no API that
 * could be asked, `away` without an answer.
 */
export interface LoginSeen {
  readonly kind: 'accepted' | 'nobody' | 'refused' | 'lacking' | 'unseen' | 'away';
  readonly sentence: string;
}

/** Milliseconds for one host or repository. */
const patience = 10_000;

/** Tries who logs in at a host of the policy. Only reads. */
export async function seeHost(host: GitHost, logins: Logins): Promise<LoginSeen> {
  const remote = remoteOf(`https://${host.host}/x/x`, [host], logins);
  const name = host.host;
  if (remote === undefined || (remote.credentials === undefined && remote.app === undefined))
    return { kind: 'nobody', sentence: `Nobody logs in at ${name}: nothing can be pushed there.` };
  const reason = notAsked(remote);
  if (reason !== undefined) return { kind: 'refused', sentence: reason };
  const signal = AbortSignal.timeout(patience);
  try {
    return host.kind === 'git'
      ? { kind: 'unseen', sentence: `${name} has no API that says whether the login is accepted.` }
      : await kinds[host.kind](remote, signal);
  } catch (fault) {
    if (fault instanceof RepositoryFault) return { kind: 'away', sentence: fault.message };
    if (signal.aborted) return { kind: 'away', sentence: `${name} does not answer.` };
    throw fault;
  }
}

/** Tries whether whoever logs in may push to a repository, with nothing to push. */
export async function seeRepository(
  repository: string,
  hosts: readonly GitHost[],
  logins: Logins,
  now: () => number = Date.now,
): Promise<LoginSeen> {
  const address = withoutLogin(repository);
  const remote = remoteOf(repository, hosts, logins);
  if (remote === undefined)
    return { kind: 'refused', sentence: `${address} is at none of the hosts of gitOps.hosts.` };
  const reason = notAsked(remote);
  if (reason !== undefined) return { kind: 'refused', sentence: reason };
  const signal = AbortSignal.timeout(patience);
  try {
    await createAppLogins(now).loggedIn(remote, signal, (entered) => askToPush(entered, signal));
    return { kind: 'accepted', sentence: `${address} can be pushed to.` };
  } catch (fault) {
    if (fault instanceof RepositoryFault)
      return { kind: isAway(fault) ? 'away' : 'refused', sentence: fault.message };
    if (signal.aborted) return { kind: 'away', sentence: `${address} does not answer.` };
    throw fault;
  }
}

/** Whether no answer came, or one that says nothing of the login. */
function isAway({ cause }: RepositoryFault): boolean {
  if (cause instanceof Errors.HttpError) return cause.data.statusCode >= 500 || cause.data.statusCode === 429;
  if (cause instanceof RequestError) return cause.status >= 500 || cause.status === 429;
  return cause instanceof TypeError;
}

type Look = (remote: Remote, signal: AbortSignal) => Promise<LoginSeen>;

const kinds: Readonly<Record<Exclude<GitHost['kind'], 'git'>, Look>> = {
  github: (remote, signal) =>
    remote.app === undefined ? seeGitHub(remote, signal) : seeGitHubApp(remote, remote.app, signal),
  gitlab: seeGitLab,
  gitea: seeGitea,
};

const accepted = ({ host }: Remote, as: string): LoginSeen => ({
  kind: 'accepted',
  sentence: `${host.host} accepts the login${as === '' ? '' : ` of ${as}`}.`,
});

const lacking = ({ host }: Remote, what: string): LoginSeen => ({
  kind: 'lacking',
  sentence: `The login at ${host.host} lacks ${what}.`,
});

function unaccepted({ host }: Remote, answer: Answer): LoginSeen {
  const said = saidBy(answer.data);
  return answer.status === 401
    ? { kind: 'refused', sentence: `${host.host} does not accept the login (HTTP 401).` }
    : {
        kind: 'away',
        sentence: `${host.host} did not answer as asked (HTTP ${answer.status})${said === '' ? '.' : `: ${said}`}`,
      };
}

const user = z.object({ login: z.string().catch(''), username: z.string().catch('') });
const nameIn = ({ data }: Answer): string => {
  const { login = '', username = '' } = user.safeParse(data).data ?? {};
  return login === '' ? username : login;
};

/** Classic tokens say what they may in a header; others say nothing of it (docs.github.com, "Scopes for OAuth apps"). */
async function seeGitHub(remote: Remote, signal: AbortSignal): Promise<LoginSeen> {
  const authorization = `token ${remote.credentials?.password ?? ''}`;
  const api = createJsonApi(remote, apiOf(remote), { authorization }, signal);
  const answer = await api.ask('GET', '/user');
  // Known, and of an app, which is no user; for any other reason it may have been refused.
  if (answer.status === 403 && /not accessible by integration/i.test(saidBy(answer.data)))
    return accepted(remote, '');
  if (!isGood(answer)) return unaccepted(remote, answer);
  const scopes = answer.header('x-oauth-scopes') ?? '';
  if (scopes !== '' && !/\b(public_)?repo\b(?!:)/.test(scopes)) return lacking(remote, 'the scope repo');
  return accepted(remote, nameIn(answer));
}

const appFound = z.object({
  slug: z.string().catch(''),
  permissions: z.record(z.string(), z.string()).catch({}),
});

/** docs.github.com, "Get the authenticated app". */
async function seeGitHubApp(
  remote: Remote,
  app: NonNullable<Remote['app']>,
  signal: AbortSignal,
): Promise<LoginSeen> {
  const ask = (time: number) => {
    const headers = { authorization: `bearer ${signed(app, time)}` };
    return createJsonApi(remote, apiOf(remote), headers, signal).ask('GET', '/app');
  };
  const now = Date.now();
  const first = await ask(now);
  // As it is logged in with: by the clock of the host, where ours is another one.
  const theirs = Date.parse(first.header('date') ?? '');
  const isOff = first.status === 401 && Math.abs(theirs - now) >= unnoticed;
  const answer = isOff ? await ask(theirs) : first;
  if (answer.status === 401)
    return {
      kind: 'refused',
      sentence: `${remote.host.host} does not accept the GitHub App ${app.id}: its id or its private key is another one, or a clock is wrong.`,
    };
  if (!isGood(answer)) return unaccepted(remote, answer);
  const { slug, permissions } = appFound.parse(answer.data);
  const missing = ['contents', 'pull_requests'].filter((each) => permissions[each] !== 'write');
  return missing.length === 0
    ? accepted(remote, `the app ${slug || app.id}`)
    : lacking(remote, `the permission to write ${missing.join(' and ')}`);
}

const gitlabToken = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() });

/** docs.gitlab.com, "Personal access tokens API"; tokens of groups are told nothing of themselves by some versions. */
async function seeGitLab(remote: Remote, signal: AbortSignal): Promise<LoginSeen> {
  const api = gitlabApi(remote, signal);
  const answer = await api.ask('GET', '/user');
  if (!isGood(answer) && answer.status !== 403) return unaccepted(remote, answer);
  // Each token with the scope api may say whose it is.
  if (answer.status === 403 && !isForScope(answer, 'named')) return unaccepted(remote, answer);
  const about = await api.ask('GET', '/personal_access_tokens/self');
  const { scopes, expires_at: end } = gitlabToken.safeParse(about.data).data ?? {};
  if (isGood(about) && scopes !== undefined && !scopes.some((each) => each === 'api' || each === 'granular'))
    return lacking(remote, 'the scope api');
  // One with fine-grained permissions has no scopes, and need not be allowed to say whose it is.
  if (errorOf(answer) === 'insufficient_scope' && scopes === undefined)
    return lacking(remote, 'the scope api');
  return accepted(remote, `${nameIn(answer)}${end ? `, until ${end}` : ''}`);
}

/**
 * Whether a right of the token is what an answer misses: GitLab names the fault (lib/api/api_guard.rb), Gitea says it in its
 * message (routers/api/v1/api.go), and says something else of an account that may not log in.
 */
function isForScope(answer: Answer, by: 'named' | 'said'): boolean {
  const error = errorOf(answer);
  if (error !== undefined) return error === 'insufficient_scope' || error === 'insufficient_granular_scope';
  const said = saidBy(answer.data);
  return by === 'said' && (said === '' || /scope/i.test(said));
}

const errorOf = ({ data }: Answer): string | undefined =>
  z.object({ error: z.string() }).safeParse(data).data?.error;

/** A token without read:user is known all the same: then it may not be asked who it is. */
async function seeGitea(remote: Remote, signal: AbortSignal): Promise<LoginSeen> {
  const api = giteaApi(remote, signal);
  const answer = await api.ask('GET', '/user');
  if (!isGood(answer) && (answer.status !== 403 || !isForScope(answer, 'said')))
    return unaccepted(remote, answer);
  const repositories = await api.ask('GET', '/repos/search?limit=1');
  if (repositories.status === 403) return lacking(remote, 'the scope write:repository');
  if (isGood(answer)) return accepted(remote, nameIn(answer));
  const { sentence } = accepted(remote, '');
  return {
    kind: 'accepted',
    sentence: `${sentence} Whose it is would be told with the scope read:user, which is not needed.`,
  };
}
