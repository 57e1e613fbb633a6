/** A pull request, or a merge request as GitLab calls it, as any of the hosts has it. */
export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  /** The commit of the branch it went to that has it; only of one that was merged. */
  readonly mergedAs?: string;
  /** The newest commit of its own branch. */
  readonly head: string;
  /** The branch it goes to. */
  readonly base: string;
  /**
   * `ready`: the host has nothing against a merge, and neither have checks and reviews. `unclear`: it cannot be merged now, and
   * the host does not say whether that is a conflict.
   */
  readonly standing: 'ready' | 'conflicts' | 'unclear' | 'waiting';
  /** What an open one waits for, for people. */
  readonly waitsFor: string;
}

/** Milliseconds from a push until a repository has no checks for it: hosts make them after they have answered. */
const untilChecks = 60_000;

/** What a host says of when a request was made, and when it changed last: a push is a change. */
interface Dated {
  readonly created_at?: string | null | undefined;
  readonly updated_at?: string | null | undefined;
}

/**
 * What a request without any check waits for, where some may not have been begun; undefined once they would have been. What
 * cannot be dated is left to people: by a clock of our own, which may be ahead, the time might be over at once.
 *
 * @param now milliseconds by the clock of the host; NaN where it does not say
 */
export function checksAwaited(
  { created_at: made, updated_at: changed }: Dated,
  now: number,
): string | undefined {
  const age = now - Math.max(Date.parse(made ?? ''), Date.parse(changed ?? made ?? ''));
  if (Number.isNaN(age)) return 'somebody who merges it: its host does not say how old it is';
  return age < untilChecks ? 'its checks, if some begin' : undefined;
}

/** What time it is at a host, by the `date` of its answer; NaN where it does not say. */
export const timeAt = (date: string | null | undefined): number => Date.parse(date ?? '');

interface PullToOpen {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/** `refused`: the host will never take it. */
type OpenedPull =
  | { readonly kind: 'open'; readonly pull: Pull }
  | { readonly kind: 'refused'; readonly reason: string };

/** The pull requests of one repository. Each method throws `RepositoryFault` where the host does not answer as documented. */
export interface PullRequests {
  /** The one of a branch of this repository into another, the newest, whether it is open or not. */
  find(branch: string, base: string): Promise<Pull | undefined>;
  /** Opens it; finds the one that somebody else has opened a moment ago. */
  open(wanted: PullToOpen): Promise<OpenedPull>;
  look(number: number): Promise<Pull>;
  /** Merges it as it was approved, where the host lets it be merged. Says what it waits for then. */
  merge(number: number, sha: string): Promise<string>;
  /** Who closed it, where the host says so. */
  closedBy(number: number): Promise<string | undefined>;
}
