import type { ActionOf } from '../../domain/action.ts';
import type { Taint } from '../../domain/facts/node.ts';

type Identity = Pick<Taint, 'key' | 'effect'>;

/** As kubectl takes it: `key=value:Effect`, and less where there is less. */
export function taintText({
  key,
  value,
  effect,
}: {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
}): string {
  return `${key}${value ? `=${value}` : ''}${effect === undefined ? '' : `:${effect}`}`;
}

/** Whether two taints are the same one, whatever their values. */
export function sameTaint(a: Identity, b: Identity): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** Whether a removal is meant for a taint; without an effect it is for all of that key. */
export function removes({ key, effect }: ActionOf<'taint'>['remove'][number], taint: Identity): boolean {
  return taint.key === key && (effect === undefined || taint.effect === effect);
}

/**
 * The whole list afterwards: the new ones first, then those that stay (reorganizeTaints of kubectl's taint/utils.go).
 * `old` may be of any shape that has key and effect, so that the rest of each is kept as it is.
 */
export function taintsAfter<T extends Identity>(
  old: readonly T[],
  add: readonly T[],
  remove: ActionOf<'taint'>['remove'],
): T[] {
  const kept = old.filter((taint) => !add.some((each) => sameTaint(each, taint)));
  return [...add, ...kept].filter((taint) => !remove.some((each) => removes(each, taint)));
}

/** Whether a taint keeps ordinary pods away: PreferNoSchedule only asks for it. */
export function isHard({ effect }: Pick<Taint, 'effect'>): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute';
}

/** Those of new taints that make pods go. */
export function evicting(add: ActionOf<'taint'>['add']): ActionOf<'taint'>['add'] {
  return add.filter(({ effect }) => effect === 'NoExecute');
}

/** Whether what is removed may let ordinary pods come again. */
export function removesHard(remove: ActionOf<'taint'>['remove']): boolean {
  return remove.some(({ effect }) => effect === undefined || isHard({ effect }));
}
