import { type Action, action } from '../domain/action.ts';
import type { RollbackPlan } from '../domain/spec.ts';

/** Nothing leads back, and the sentence says why. */
export const noRollback = (sentence: string): RollbackPlan => ({ kind: 'none', sentence });

/** What was not read cannot be gone back to. */
export const liveUnknown: RollbackPlan = noRollback('There is no way back: what is live now is not known.');

/** The candidate as an action; undefined for what the closed set has no words for. */
export function asAction(candidate: object): Action | undefined {
  const parsed = action.safeParse(candidate);
  return parsed.success ? parsed.data : undefined;
}
