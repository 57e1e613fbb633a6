import { guardedWords, withRangesInWords } from '../../actions/guarded.ts';
import type { Difference } from '../../domain/difference.ts';
import {
  canonicalJson,
  changedLeaves,
  isJsonObject,
  type Json,
  type JsonObject,
  json,
  type LeafChange,
} from '../../domain/text/json.ts';

/** Everything that differs between what was approved and what is live, by the words that people have for it. */
export function differences(approved: Json, live: Json): Difference[] {
  const [before, after] = [membersIn(approved), membersIn(live)];
  if (before === undefined || after === undefined) return ofOne(approved, live);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((object) => {
    const [was, is] = [before[object], after[object]];
    if (was === undefined)
      return [{ object, label: 'part of the request', approved: 'not among them', live: 'among them' }];
    if (is === undefined)
      return [{ object, label: 'part of the request', approved: 'among them', live: 'not among them' }];
    return ofOne(was, is).map((difference) => ({ object, ...difference }));
  });
}

/** The bindings of several objects, by name; undefined for those of one. */
function membersIn(binding: Json): JsonObject | undefined {
  const members = isJsonObject(binding) ? binding['members'] : undefined;
  return isJsonObject(members) ? members : undefined;
}

function ofOne(approved: Json, live: Json): Difference[] {
  if (!isJsonObject(approved) || !isJsonObject(live)) return changedLeaves(approved, live).map(ofLeaf);
  const told = Object.keys(inWords).flatMap((part) => ofSentences(part, approved[part], live[part]));
  const known = new Set(told.map(({ part }) => part));
  const without = (binding: JsonObject) =>
    Object.fromEntries(Object.entries(binding).filter(([key]) => !known.has(key)));
  const leaves = changedLeaves(inRanges(without(approved)), inRanges(without(live))).map(ofLeaf);
  return [...leaves, ...told.map(({ difference }) => difference)];
}

function inRanges(binding: JsonObject): JsonObject {
  const { guarded } = binding;
  return isJsonObject(guarded) ? { ...binding, guarded: withRangesInWords(guarded) } : binding;
}

/** Parts of a binding that say in a sentence of their own what they are. */
const inWords: Readonly<Record<string, string>> = {
  targetState: 'what it comes to',
  rollbackPlan: 'rollback',
};

/** Both as sentences, where these differ: people need not compare the fields behind them. */
function ofSentences(part: string, was: Json = null, is: Json = null) {
  const [before, after] = [sentenceOf(was), sentenceOf(is)];
  if (before === undefined || after === undefined || before === after) return [];
  return [{ part, difference: { label: inWords[part] ?? part, approved: before, live: after } }];
}

function sentenceOf(part: Json): string | undefined {
  const sentence = isJsonObject(part) ? part['sentence'] : undefined;
  return typeof sentence === 'string' ? sentence : undefined;
}

function ofLeaf({ keys, was, is }: LeafChange): Difference {
  // Who wrote an annotation did not write it for a chat: whole documents and secrets stand in some.
  if (keys[0] === 'guarded' && keys[1] === 'annotations')
    return {
      label: labelOf(keys),
      approved: hiddenText(was, 'a value'),
      live: hiddenText(is, 'another value'),
    };
  return { label: labelOf(keys), approved: valueText(was), live: valueText(is) };
}

const hiddenText = (canonical: string, word: string): string => (canonical === 'null' ? 'not set' : word);

function labelOf([part = '', ...rest]: readonly string[]): string {
  if (part === 'guarded') return guardedWords(rest);
  if (part === 'uid') return identity;
  const words = inWords[part] ?? part;
  const field = rest.filter((key) => key !== 'fields').join('.');
  return field === '' ? words : `${words}: ${field}`;
}

const identity = 'identity of the object';

/** Another uid means another object, which says more than the two uids. */
export const isAnotherObject = ({ label }: Difference): boolean => label === identity;

/** A value as people write it: texts without quotes, lists with commas, and a word where nothing is. */
function valueText(canonical: string): string {
  const value: Json = json.parse(JSON.parse(canonical));
  return textOf(value);
}

function textOf(value: Json): string {
  if (value === null || value === '') return 'not set';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(textOf).join(', ');
  if (isJsonObject(value)) return canonicalJson(value);
  return String(value);
}
