import { labelKey, labelValue, taintEffects } from '../../../domain/values.ts';
import { either, quoted } from '../../grammar/display.ts';
import { badPair, beyond, isPair, missingPair, readEach } from '../../grammar/pairs.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import type { Word } from '../../grammar/word.ts';
import { partOf } from '../../grammar/word.ts';
import { LABELS } from '../../metadata/pair-rules.ts';

/** As many of each as an Action may hold. */
const MOST_TAINTS = 10;

type Effect = (typeof taintEffects)[number];

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect?: Effect;
  readonly removed: boolean;
  readonly word: Word;
}

export interface Taints {
  readonly add: readonly { readonly key: string; readonly value?: string; readonly effect: Effect }[];
  readonly remove: readonly { readonly key: string; readonly effect?: Effect }[];
  readonly notes: readonly string[];
}

/** Whether an operand of `taint` is a taint rather than a node: no name of a node holds or ends with these. */
export function isTaint(word: Word): boolean {
  return word.text.includes(':') || isPair(word);
}

/** `key=value:Effect key:Effect key:Effect- key-`, as kubectl's cmd/taint/utils.go reads them. */
export function readTaints(words: readonly Word[], end: number): Taints | Objection {
  if (words.length === 0)
    return missingPair('"taint" needs KEY=VALUE:EFFECT, or KEY- to take one away.', end);
  const tooMany = beyond(words, MOST_TAINTS, ({ text }) => !text.endsWith('-'));
  if (tooMany)
    return badPair(tooMany, `At most ${MOST_TAINTS} taints can be added or removed in one command.`);
  const taints = readEach(words, readTaint);
  if (isObjection(taints)) return taints;
  const clash = taints.find((one, index) => taints.slice(0, index).some((other) => overlap(one, other)));
  if (clash) return badPair(clash.word, `The taint ${quoted(clash.key)} is given twice; give it once.`);
  return {
    add: taints.flatMap(({ removed, key, value, effect }) =>
      removed || effect === undefined ? [] : [{ key, ...(value ? { value } : {}), effect }],
    ),
    remove: taints.flatMap(({ removed, key, effect }) =>
      removed ? [{ key, ...(effect === undefined ? {} : { effect }) }] : [],
    ),
    notes: taints.some(({ removed, value }) => removed && value !== undefined)
      ? ['A taint is taken away by its key and effect, whatever its value.']
      : [],
  };
}

/** The same key and effect, or one of them for every effect. */
function overlap(one: Taint, other: Taint): boolean {
  const everyEffect = one.effect === undefined || other.effect === undefined;
  return one.key === other.key && (everyEffect || one.effect === other.effect);
}

function readTaint(word: Word): Taint | Objection {
  const removed = word.text.endsWith('-');
  const end = word.text.length - (removed ? 1 : 0);
  const colon = word.text.lastIndexOf(':');
  const effect = colon < 0 ? undefined : partOf(word, colon + 1, end);
  const name = partOf(word, 0, colon < 0 ? end : colon);
  const equals = name.text.indexOf('=');
  const key = equals < 0 ? name.text : name.text.slice(0, equals);
  const value = equals < 0 ? undefined : partOf(name, equals + 1);
  if (!labelKey.safeParse(key).success)
    return badPair(name, `${quoted(key)} cannot be the key of a taint: keys are ${LABELS.keyForm}.`);
  if (value && !labelValue.safeParse(value.text).success)
    return badPair(value, `This cannot be the value of a taint: ${LABELS.valueForm}.`);
  if (effect === undefined && !removed)
    return badPair(word, `A taint needs an effect after ":": ${either(taintEffects)}.`);
  const known = taintEffects.find((each) => each === effect?.text);
  if (effect !== undefined && known === undefined) return badEffect(effect);
  return {
    key,
    ...(value === undefined ? {} : { value: value.text }),
    ...(known === undefined ? {} : { effect: known }),
    removed,
    word,
  };
}

function badEffect(effect: Word): Objection {
  const meant = taintEffects.find((each) => each.toLowerCase() === effect.text.toLowerCase());
  const reason = `${quoted(effect.text)} is not an effect: ${either(taintEffects)}.`;
  return { ...badPair(effect, reason), ...(meant === undefined ? {} : { instead: meant }) };
}
