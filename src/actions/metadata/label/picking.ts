import type { Action } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { isReleased, type Selection, selectionOf } from './selection.ts';

/** Selectors over a pod whose labels the action changes; nothing for any other action. */
export function pickingOf({ action, facts }: { action: Action; facts: Facts }): Selection {
  return action.verb === 'label' ? selectionOf({ action, facts }) : { leaves: [], joins: [] };
}

/** True when the controller of a pod loses it: to the others it is as if the pod had been deleted. */
export function takesPod(situation: { action: Action; facts: Facts }): boolean {
  return situation.action.verb === 'delete pod' || isReleased(pickingOf(situation));
}
