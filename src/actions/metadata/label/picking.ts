import type { Action } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { matches } from '../../../domain/selector.ts';

type Picker = NonNullable<Facts['pickers']>[number];

/** Who picks the pod now and no longer will, and who will and does not now. */
interface Picking {
  readonly leaves: readonly Picker[];
  readonly joins: readonly Picker[];
}

const unchanged: Picking = { leaves: [], joins: [] };

/** Selectors over a pod whose labels the action changes; nothing for any other action. */
export function pickingOf({ action, facts }: { action: Action; facts: Facts }): Picking {
  if (action.verb !== 'label' || action.target.kind !== 'Pod' || facts.pickers === undefined)
    return unchanged;
  const { labels } = facts.identity;
  const gone = Object.entries(labels).filter(([key]) => !action.remove.includes(key));
  const after = { ...Object.fromEntries(gone), ...asRecord(action.set) };
  const picks = (picker: Picker, those: Facts['identity']['labels']) => matches(picker.selector, those);
  return {
    leaves: facts.pickers.filter((each) => picks(each, labels) && !picks(each, after)),
    joins: facts.pickers.filter((each) => !picks(each, labels) && picks(each, after)),
  };
}

const asRecord = (set: readonly { key: string; value: string }[]) =>
  Object.fromEntries(set.map(({ key, value }) => [key, value]));

/** True when the controller of a pod loses it: to the others it is as if the pod had been deleted. */
export function takesPod(situation: { action: Action; facts: Facts }): boolean {
  if (situation.action.verb === 'delete pod') return true;
  return pickingOf(situation).leaves.some(({ kind }) => kind !== 'Service');
}
