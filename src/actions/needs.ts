import type { Action } from '../domain/action.ts';
import type { FactNeeds, FieldPath } from '../domain/facts/needs.ts';
import { kindOf } from './action-kinds.ts';

/** What a look at the target must bring for an action, besides what every look brings. */
export function needsOf(action: Action): FactNeeds {
  return kindOf(action.verb).needs(action);
}

/** The fields that an action writes in its target; none where it writes another object. */
export function writesOf(action: Action): readonly FieldPath[] {
  return kindOf(action.verb).writes(action);
}
