import type { GitHost } from '../../../domain/policy/repositories.ts';
import type { Remote } from '../git/remote.ts';
import { giteaPulls } from './gitea.ts';
import { githubPulls } from './github.ts';
import { gitlabMerges } from './gitlab.ts';
import type { PullRequests } from './pull-requests.ts';

const kinds: Readonly<
  Record<Exclude<GitHost['kind'], 'git'>, (remote: Remote, signal: AbortSignal) => PullRequests>
> = { github: githubPulls, gitlab: gitlabMerges, gitea: giteaPulls };

/** Undefined where the host has no requests: a branch is pushed, and somebody merges it. */
export function pullRequestsOf(remote: Remote, signal: AbortSignal): PullRequests | undefined {
  const { kind } = remote.host;
  return kind === 'git' ? undefined : kinds[kind](remote, signal);
}
