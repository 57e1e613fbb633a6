import type { SourceOwner } from '../../domain/facts/manifest-source.ts';
import type { Call } from '../../domain/plan.ts';

/** What whoever applies a repository is paused for, and until when. */
export interface PauseAsked {
  readonly owner: SourceOwner;
  /** The number of the remediation, for people who find the mark. */
  readonly number: number;
  /** ISO instant. */
  readonly until: string;
}

/**
 * The pause of a GitOps tool by its own switch: one call that begins it and one that puts back what was there, which is refused
 * once somebody else has touched it. `impossible`: why there is none.
 */
export type Suspension =
  | { readonly kind: 'possible'; readonly begin: Call; readonly end: Call }
  | { readonly kind: 'impossible'; readonly reason: string };
