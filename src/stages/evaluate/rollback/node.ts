import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';

/** The way back from what is done to a node. */
export function nodeBack(action: ActionOf<'drain' | 'taint'>, _facts: Facts): RollbackPlan {
  return { kind: 'none', sentence: `There is no way back for ${describeTarget(action.target)}.` };
}
