import type { GitChange, PullRequest } from './git-change.ts';

interface Named {
  readonly branch: string;
  readonly number?: number | undefined;
  readonly url?: string | undefined;
}

export type RequestWord = 'pull request' | 'merge request';

/**
 * What its host calls it: GitLab has merge requests (docs.gitlab.com, "Merge requests"). By its address, and before it has one
 * by the change that it is for.
 */
export function requestWord(url: string | undefined, change?: GitChange): RequestWord {
  if (url !== undefined) return /\/-\/merge_requests\/\d+$/.test(url) ? 'merge request' : 'pull request';
  return (change?.kind === 'request' ? change.place.calls : undefined) ?? 'pull request';
}

/** The same of one that may not be open yet. */
export const wordFor = (request: PullRequest | undefined, change: GitChange | undefined): RequestWord =>
  requestWord(request === undefined || request.step === 'opening' ? undefined : request.url, change);

/** `pull request #7`, `merge request !7`, or the branch where there are no requests. */
export function requestName({ branch, number, url }: Named): string {
  if (number === undefined) return `branch ${branch}`;
  const word = requestWord(url);
  return `${word} ${word === 'merge request' ? '!' : '#'}${number}`;
}
