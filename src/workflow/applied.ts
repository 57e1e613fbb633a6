import type { CallResult } from '../domain/plan.ts';

/** The answer to one write. `refused` is the API server's no (guard, RBAC, admission): final, with its words. */
export type Applied =
  | { readonly kind: 'applied'; readonly result: CallResult }
  /** Nothing was done, and it may be allowed later: a PodDisruptionBudget has nothing to spare for an eviction. */
  | { readonly kind: 'blocked'; readonly reason: string; readonly afterSeconds: number }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing was sent: by then the fence had closed. Whoever has the step now does it. */
  | { readonly kind: 'late'; readonly reason: string };

/**
 * Why this process may write nothing at this moment: it has not been confirmed of late that the step is its own. Undefined
 * while it may. Asked when the first byte is about to leave, not before.
 */
export type Fence = () => string | undefined;

/** The commits that a GitOps tool says it has applied, and what keeps it from applying others. */
export interface AppliedRevisions {
  readonly revisions: readonly string[];
  readonly trouble?: string;
}
