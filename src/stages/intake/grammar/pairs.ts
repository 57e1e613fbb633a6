import type { z } from 'zod';
import {
  annotationValue,
  labelKey,
  labelValue,
  taintEffects,
  variableName,
  variableValue,
} from '../../../domain/values.ts';
import { either, quoted } from './display.ts';
import type { Objection, Span } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { partOf } from './tokenise.ts';

/** What labels, annotations and variables have in common: `key=value` sets one, `key-` takes one away. */
export interface PairRule {
  /** One of them, as a sentence calls it. */
  readonly thing: string;
  readonly key: z.ZodType<string>;
  readonly keyForm: string;
  readonly value: z.ZodType<string>;
  readonly valueForm: string;
  readonly example: string;
}

const KEY_FORM = 'like tier or example.com/tier';
const ONE_LINE = 'one line of at most 512 plain characters';

export const LABELS: PairRule = {
  thing: 'label',
  key: labelKey,
  keyForm: KEY_FORM,
  value: labelValue,
  valueForm: 'at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit',
  example: 'KEY=VALUE or KEY-',
};

export const ANNOTATIONS: PairRule = {
  thing: 'annotation',
  key: labelKey,
  keyForm: KEY_FORM,
  value: annotationValue,
  valueForm: ONE_LINE,
  example: 'KEY=VALUE or KEY-',
};

export const VARIABLES: PairRule = {
  thing: 'variable',
  key: variableName,
  keyForm: 'of letters, digits and "_"',
  value: variableValue,
  valueForm: ONE_LINE,
  example: 'VARIABLE=VALUE or VARIABLE-',
};

/** As many of each as an Action may hold. */
const MOST_PAIRS = 20;
const MOST_TAINTS = 10;

interface Pair {
  readonly key: string;
  readonly value?: string;
  readonly word: Word;
}

export interface Pairs {
  readonly set: readonly { readonly key: string; readonly value: string }[];
  readonly remove: readonly string[];
}

/** Whether kubectl takes an operand for a change rather than for an object (cmd/util, GetResourcesAndPairs). */
export function isPair({ text }: Word): boolean {
  return text.includes('=') || text.endsWith('-');
}

/** `key=value key-`: at least one, each key once. A value is never repeated in a sentence: it may be a secret. */
export function readPairs(
  rule: PairRule,
  words: readonly Word[],
  command: string,
  end: number,
): Pairs | Objection {
  if (words.length === 0) return missing(`"${command}" needs ${rule.example}.`, end);
  const tooMany = beyond(words, MOST_PAIRS, ({ text }) => text.includes('='));
  if (tooMany) return bad(tooMany, `At most ${MOST_PAIRS} can be set or removed in one command.`);
  const pairs = each(words, (word) => readPair(rule, word));
  if (isObjection(pairs)) return pairs;
  const seen = new Set<string>();
  for (const { key, word } of pairs) {
    if (seen.has(key)) return bad(word, `The ${rule.thing} ${quoted(key)} is given twice; give it once.`);
    seen.add(key);
  }
  return {
    set: pairs.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }])),
    remove: pairs.flatMap(({ key, value }) => (value === undefined ? [key] : [])),
  };
}

function readPair(rule: PairRule, word: Word): Pair | Objection {
  const equals = word.text.indexOf('=');
  const keyPart = equals < 0 ? partOf(word, 0, word.text.length - 1) : partOf(word, 0, equals);
  const key = keyPart.text;
  if (equals < 0 && !word.text.endsWith('-'))
    return bad(word, `${quoted(word.text)} is not ${rule.example}.`);
  if (!rule.key.safeParse(key).success)
    return bad(keyPart, `${quoted(key)} cannot name a ${rule.thing}: names are ${rule.keyForm}.`);
  if (equals < 0) return { key, word };
  const value = partOf(word, equals + 1);
  if (isPlaceholder(value.text)) return placeholder(value);
  if (!rule.value.safeParse(value.text).success)
    return bad(value, `This cannot be the value of a ${rule.thing}: ${rule.valueForm}.`);
  return { key, value: value.text, word };
}

/** `<value>` or `{{value}}` and nothing else: copied from a text that meant somebody to fill it in. */
export function isPlaceholder(text: string): boolean {
  return /^(?:<[^<>]*>|\{\{[^{}]*\}\})$/.test(text);
}

export function placeholder(span: Span): Objection {
  const reason = 'This marks something to fill in; write the value itself.';
  return { code: 'placeholder', reason, span: { start: span.start, end: span.end } };
}

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
  if (words.length === 0) return missing('"taint" needs KEY=VALUE:EFFECT, or KEY- to take one away.', end);
  const tooMany = beyond(words, MOST_TAINTS, ({ text }) => !text.endsWith('-'));
  if (tooMany) return bad(tooMany, `At most ${MOST_TAINTS} taints can be added or removed in one command.`);
  const taints = each(words, readTaint);
  if (isObjection(taints)) return taints;
  const clash = taints.find((one, index) => taints.slice(0, index).some((other) => overlap(one, other)));
  if (clash) return bad(clash.word, `The taint ${quoted(clash.key)} is given twice; give it once.`);
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
    return bad(name, `${quoted(key)} cannot be the key of a taint: keys are ${KEY_FORM}.`);
  if (value && !labelValue.safeParse(value.text).success)
    return bad(value, `This cannot be the value of a taint: ${LABELS.valueForm}.`);
  if (effect === undefined && !removed)
    return bad(word, `A taint needs an effect after ":": ${either(taintEffects)}.`);
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
  return { ...bad(effect, reason), ...(meant === undefined ? {} : { instead: meant }) };
}

/** The first word of those that set something, or of the others, that is one too many. */
function beyond(words: readonly Word[], most: number, sets: (word: Word) => boolean): Word | undefined {
  return words.filter(sets)[most] ?? words.filter((word) => !sets(word))[most];
}

/** What is read of each word, or the first objection. */
function each<T extends object>(
  words: readonly Word[],
  read: (word: Word) => T | Objection,
): readonly T[] | Objection {
  const all: T[] = [];
  for (const word of words) {
    const one = read(word);
    if (isObjection(one)) return one;
    all.push(one);
  }
  return all;
}

function missing(reason: string, end: number): Objection {
  return { code: 'bad-pair', reason, span: { start: end, end } };
}

function bad({ start, end }: Span, reason: string): Objection {
  return { code: 'bad-pair', reason, span: { start, end } };
}
