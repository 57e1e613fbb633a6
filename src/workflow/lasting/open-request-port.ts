import type { Target } from '../../domain/action.ts';
import type { GitPlace } from '../../domain/manifest/git-change.ts';
import type { OpenRequest } from '../../domain/manifest/open-request.ts';

/** Whose change the others are asked for, and where it goes. */
export interface RequestedOf {
  readonly id: string;
  readonly cluster: string;
  readonly targets: readonly Target[];
  readonly place: Pick<GitPlace, 'repository' | 'branch'>;
}

/** What is stored of the requests that are followed. */
export interface OpenRequests {
  /** Open ones of other remediations for one of these objects, to the same branch of the same repository; oldest first. */
  openRequests(of: RequestedOf): Promise<readonly OpenRequest[]>;
}
