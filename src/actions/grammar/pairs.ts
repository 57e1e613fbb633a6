import type { z } from 'zod';
import { quoted } from './display.ts';
import type { Objection, Span } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Word } from './word.ts';
import { partOf } from './word.ts';

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

/** What a value of one line may be, in a sentence. */
export const ONE_LINE = 'one line of at most 512 plain characters';

/** As many of each as an Action may hold. */
const MOST_PAIRS = 20;

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
  if (words.length === 0) return missingPair(`"${command}" needs ${rule.example}.`, end);
  const tooMany = beyond(words, MOST_PAIRS, ({ text }) => text.includes('='));
  if (tooMany) return badPair(tooMany, `At most ${MOST_PAIRS} can be set or removed in one command.`);
  const pairs = readEach(words, (word) => readPair(rule, word));
  if (isObjection(pairs)) return pairs;
  const seen = new Set<string>();
  for (const { key, word } of pairs) {
    if (seen.has(key)) return badPair(word, `The ${rule.thing} ${quoted(key)} is given twice; give it once.`);
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
    return badPair(word, `${quoted(word.text)} is not ${rule.example}.`);
  if (!rule.key.safeParse(key).success)
    return badPair(keyPart, `${quoted(key)} cannot name a ${rule.thing}: names are ${rule.keyForm}.`);
  if (equals < 0) return { key, word };
  const value = partOf(word, equals + 1);
  if (isPlaceholder(value.text)) return placeholder(value);
  if (!rule.value.safeParse(value.text).success)
    return badPair(value, `This cannot be the value of a ${rule.thing}: ${rule.valueForm}.`);
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

/** The first word of those that set something, or of the others, that is one too many. */
export function beyond(
  words: readonly Word[],
  most: number,
  sets: (word: Word) => boolean,
): Word | undefined {
  return words.filter(sets)[most] ?? words.filter((word) => !sets(word))[most];
}

/** What is read of each word, or the first objection. */
export function readEach<T extends object>(
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

/** Objects to a command without what it is for. */
export function missingPair(reason: string, end: number): Objection {
  return { code: 'bad-pair', reason, span: { start: end, end } };
}

/** Objects to a pair, or to a part of it. */
export function badPair({ start, end }: Span, reason: string): Objection {
  return { code: 'bad-pair', reason, span: { start, end } };
}
