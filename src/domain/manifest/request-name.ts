interface Named {
  readonly branch: string;
  readonly number?: number | undefined;
  readonly url?: string | undefined;
}

/** What its host calls it, by its address: GitLab has merge requests (docs.gitlab.com, "Merge requests"). */
export const requestWord = (url: string | undefined): 'pull request' | 'merge request' =>
  /\/-\/merge_requests\/\d+$/.test(url ?? '') ? 'merge request' : 'pull request';

/** `pull request #7`, `merge request !7`, or the branch where there are no requests. */
export function requestName({ branch, number, url }: Named): string {
  if (number === undefined) return `branch ${branch}`;
  const word = requestWord(url);
  return `${word} ${word === 'merge request' ? '!' : '#'}${number}`;
}
