import type { Case } from '../../../domain/case.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { matches } from '../../../domain/selector.ts';

type Picker = NonNullable<Facts['pickers']>[number];

/** Who picks the pod now and no longer will, and who will and does not now. */
export interface Selection {
  readonly leaves: readonly Picker[];
  readonly joins: readonly Picker[];
}

const unchanged: Selection = { leaves: [], joins: [] };

/** Selectors over a pod whose labels change. */
export function selectionOf({ action, facts: { identity, pickers } }: Case<'label'>): Selection {
  if (action.target.kind !== 'Pod' || pickers === undefined) return unchanged;
  const { labels } = identity;
  const gone = Object.entries(labels).filter(([key]) => !action.remove.includes(key));
  const after = { ...Object.fromEntries(gone), ...asRecord(action.set) };
  const picks = (picker: Picker, those: Facts['identity']['labels']) => matches(picker.selector, those);
  return {
    leaves: pickers.filter((each) => picks(each, labels) && !picks(each, after)),
    joins: pickers.filter((each) => !picks(each, labels) && picks(each, after)),
  };
}

const asRecord = (set: readonly { key: string; value: string }[]) =>
  Object.fromEntries(set.map(({ key, value }) => [key, value]));

/** True when the controller of the pod loses it: to the others it is as if the pod had been deleted. */
export function isReleased({ leaves }: Selection): boolean {
  return leaves.some(({ kind }) => kind !== 'Service');
}
