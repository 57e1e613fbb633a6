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
 * The pause of a GitOps tool by its own switch: one call that begins it, or joins one that another remediation has begun, and
 * one that puts back what was there, which is refused once somebody else has touched it. Where this one has begun already, as
 * when the answer was lost, the call leaves it as it is. `impossible`: why there is none.
 */
export type Suspension =
  | { readonly kind: 'possible'; readonly begin: Call; readonly end: Call }
  | { readonly kind: 'impossible'; readonly reason: string };

/** Whose part in a pause is over. */
export interface PauseToEnd {
  readonly owner: SourceOwner;
  /** The number of the remediation. */
  readonly number: number;
  /** What would put back what was there before, as it was planned when the pause began. */
  readonly end: Call;
  /** ISO instant. Whoever had a part in it until then or before has none any more, also where nobody could end it. */
  readonly now: string;
}

/**
 * How a part in a pause is ended as things are now. `ours`: it is as it was left, so that a refusal of the call is about
 * something that can be cured; `others`: the remediations for which it goes on. `left`: this one has no part in it any more.
 * `touched`: somebody else has written it, or it was put back already, which the call finds out.
 */
export type PauseEnd =
  | { readonly kind: 'ours'; readonly call: Call; readonly others: readonly number[] }
  | { readonly kind: 'left'; readonly others: readonly number[] }
  | { readonly kind: 'touched'; readonly call: Call };

/** How whoever applies a repository is paused by its own switch, and how that is put back. Both throw `ClusterFault`. */
export interface Suspensions {
  suspension(asked: PauseAsked, signal: AbortSignal): Promise<Suspension>;
  suspensionEnd(asked: PauseToEnd, signal: AbortSignal): Promise<PauseEnd>;
}
