import { labelledKinds, type TargetKind } from '../../domain/action.ts';
import type { RequestOf } from '../command.ts';
import { objects, quote, words } from '../grammar/canonical.ts';
import { type Details, detailsOf, type Given } from '../grammar/details.ts';
import { quoted } from '../grammar/display.ts';
import { type FlagRule, notOffered, valueFlag } from '../grammar/flag.ts';
import { isPlaceholder, type PairRule, placeholder, readPairs } from '../grammar/pairs.ts';
import { badPatch, leafOf, type PatchLeaf } from '../grammar/patch-leaf.ts';
import type { Objection } from '../grammar/refusal.ts';
import { isObjection } from '../grammar/refusal.ts';
import { OVERWRITE, switches } from '../grammar/values.ts';

/** What has labels and annotations that may be set. */
export const keyedKinds: readonly TargetKind[] = [...labelledKinds, 'Node'];

export const keyFlags: readonly FlagRule[] = [
  OVERWRITE,
  {
    ...valueFlag('resource-version'),
    meaning: notOffered(
      'A resource version cannot guard the change here; Firebreak guards it by what the card has shown.',
    ),
  },
];

/** `key=value key-` with or without --overwrite. */
export function readKeys(rule: PairRule, command: string): (given: Given) => Details | Objection {
  return ({ operands, flags, end }) => {
    const read = readPairs(rule, operands, command, end);
    if (isObjection(read)) return read;
    const overwrite = switches(flags, { overwrite: OVERWRITE });
    return isObjection(overwrite) ? overwrite : detailsOf({ ...read, ...overwrite });
  };
}

/** One key of `metadata.labels` or `metadata.annotations` in a patch; null takes it away. */
export function keyLeaf(list: 'labels' | 'annotations', rule: PairRule): PatchLeaf {
  return leafOf({
    shown: `metadata.${list}`,
    kinds: keyedKinds,
    isAt: ({ container, path: [root, found, key, more] }) =>
      container === undefined &&
      root === 'metadata' &&
      found === list &&
      key !== undefined &&
      more === undefined,
    read: ({ path: [, , key = ''], value, span, valueSpan }) => {
      const pair = (set: readonly object[], remove: readonly string[]) => ({ set, remove, overwrite: true });
      if (!rule.key.safeParse(key).success)
        return badPatch(span, `${quoted(key)} cannot name a ${rule.thing}: names are ${rule.keyForm}.`);
      if (value === null) return pair([], [key]);
      if (typeof value === 'string' && isPlaceholder(value)) return placeholder(valueSpan);
      if (typeof value === 'string' && rule.value.safeParse(value).success) return pair([{ key, value }], []);
      return badPatch(valueSpan, `This cannot be the value of a ${rule.thing}: a text, ${rule.valueForm}.`);
    },
  });
}

type Keyed = RequestOf<'label' | 'annotate'>;

/** `label deployment/web tier=front old- --overwrite`. */
export function printKeys({ verb, target, set, remove, overwrite }: Keyed): string {
  return words(
    verb,
    objects(target),
    ...set.map(({ key, value }) => quote(`${key}=${value}`)),
    ...remove.map((key) => `${key}-`),
    overwrite && '--overwrite',
  );
}

/** What a value is with its key, which may tell that it is a credential. */
export function keyTexts({ set }: Keyed): readonly string[] {
  return set.map(({ key, value }) => `${key}=${value}`);
}
