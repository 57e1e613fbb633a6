import type { Case } from '../../../domain/case.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { matches } from '../../../domain/selector.ts';

type Picker = NonNullable<Facts['pickers']>[number];

/**
 * Who picks the pod now and no longer will, who will and does not now, and who goes by one of the labels without a change
 * that is seen here.
 */
export interface Selection {
  readonly leaves: readonly Picker[];
  readonly joins: readonly Picker[];
  readonly stays: readonly Picker[];
}

const unchanged: Selection = { leaves: [], joins: [], stays: [] };

/** Kinds that make pods and know them by their labels. */
const controllers: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job']);

export const isController = ({ kind }: Picker): boolean => controllers.has(kind);

/** Selectors over a pod whose labels change. */
export function selectionOf({ action, facts: { identity, pickers } }: Case<'label'>): Selection {
  if (action.target.kind !== 'Pod' || pickers === undefined) return unchanged;
  const { labels } = identity;
  const gone = Object.entries(labels).filter(([key]) => !action.remove.includes(key));
  const after = { ...Object.fromEntries(gone), ...asRecord(action.set) };
  const picks = (picker: Picker, those: Facts['identity']['labels']) => matches(picker.selector, those);
  const sorted: Record<keyof Selection, Picker[]> = { leaves: [], joins: [], stays: [] };
  for (const each of pickers) {
    const [before, then] = [picks(each, labels), picks(each, after)];
    const same = before === then || each.expression !== undefined;
    sorted[same ? 'stays' : before ? 'leaves' : 'joins'].push(each);
  }
  return sorted;
}

const asRecord = (set: readonly { key: string; value: string }[]) =>
  Object.fromEntries(set.map(({ key, value }) => [key, value]));

/** True when the controller of the pod loses it: to the others it is as if the pod had been deleted. */
export function isReleased({ leaves }: Selection): boolean {
  return leaves.some(isController);
}
