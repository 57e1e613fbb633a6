import type { Word } from '../../actions/grammar/word.ts';
import { tokenise } from './grammar/tokenise.ts';

/** `30m`, `36h`, `7d`, `4w` or a day; a namespace is written otherwise. */
export const timeWord = /^(\d{1,5}[mhdw]|\d{4}-\d{2}-\d{2}(T\S*)?)$/i;

/** What names a filter that its value follows. */
const NAMES = /^(-n|--namespace|namespace|ns|playbook|person|by|workload)$/i;

/** What names a filter, glued to its value as kubectl and other chats take it. */
const GLUED = /^(-n|--namespace|namespace|ns|playbook|person|by|workload|(?:--)?since)[=:](\S+)$/i;

/** `2days`, or `days` behind a number. */
const UNIT = /^(\d{1,5})?(m|h|d|w)(?:(?<=m)in(?:ute)?s?|(?<=h)(?:ours?|rs?)|(?<=d)ays?|(?<=w)eeks?)?$/i;

/** They say nothing before a time. `--since` is what the command line takes. */
const BEFORE_TIME = /^(?:(?:--)?since|last|this|past|from|the|in|for|over|within|during)$/i;

/** Of one of which no number is said, as in `last week`. */
const ONE = /^(?:hour|day|week|month)$/i;

/** Words that are a time by themselves, and how far back all of it lies at most. */
const SPOKEN: ReadonlyMap<string, string> = new Map([
  ['today', '1d'],
  ['yesterday', '2d'],
]);
const MONTH = '31d';

/** The same of what is a time only behind one of the words that stand before one. */
const SPOKEN_BEHIND: readonly (readonly [RegExp, string])[] = [
  [/^(?:mon|tues|wednes|thurs|fri|satur|sun)day$/i, '7d'],
  [/^(?:morning|noon|afternoon|evening|night|midnight|\d{1,2}:\d{2}|\d{1,2}(?:am|pm))$/i, '1d'],
];

/** A dash that an editor has made of the two of a flag, or of one. */
const LONG_DASH = /^[\u2013\u2014](?=[a-z])/i;

/**
 * The words of a question about what was, as they are read: what is in quotes is one, `-n=shop` is two, `2 days` is `2d`, and
 * `since` is none before a time.
 */
export function askedWords(words: readonly string[]): readonly string[] {
  const typed = typedParts(words).map((part) => part.replace(LONG_DASH, part.length > 2 ? '--' : '-'));
  const parts = typed.flatMap(gluedOf).map(spokenOf).flatMap(unquotedOf);
  const timed = parts.flatMap((part, at) => timeOf(part, parts[at - 1], parts[at + 1]));
  return timed.filter((part, at) => {
    if (/^ago$/i.test(part) && timeWord.test(timed[at - 1] ?? '')) return false;
    const next = timed.slice(at + 1).find((each) => !BEFORE_TIME.test(each));
    return !BEFORE_TIME.test(part) || next === undefined || !timeWord.test(next);
  });
}

const PART = /["\u201c-\u201f][^"\u201c-\u201f]+["\u201c-\u201f]|\S+/g;

/** Words as they were typed, but what is in quotes is one, with its quotes. */
export const typedParts = (words: readonly string[]): readonly string[] => words.join(' ').match(PART) ?? [];

/** These words with their places, each as a shell passes it on; one that a shell would object to as it was typed. */
export const placedParts = (text: string): readonly Word[] =>
  [...text.matchAll(PART)].map(({ 0: part, index: start }) => {
    const { words, objection } = tokenise(part);
    const [only = { text: part }, second] = objection === undefined ? words : [];
    return { text: second === undefined ? only.text : part, start, end: start + part.length };
  });

/** Behind the name of a filter, and in quotes, it is a name as any other. */
function spokenOf(part: string, at: number, all: readonly string[]): string {
  const before = all[at - 1] ?? '';
  if (NAMES.test(before)) return part;
  const behind = BEFORE_TIME.test(before) ? SPOKEN_BEHIND.find(([form]) => form.test(part)) : undefined;
  return SPOKEN.get(part.toLowerCase()) ?? behind?.[1] ?? part;
}

function unquotedOf(part: string): string[] {
  const quoted = /^["\u201c-\u201f](.*)["\u201c-\u201f]$/.exec(part)?.[1]?.trim();
  if (quoted === undefined) return [part];
  return quoted === '' ? [] : [quoted];
}

function gluedOf(part: string): string[] {
  const [, name, value] = GLUED.exec(part) ?? [];
  return name === undefined || value === undefined ? [part] : [name, value];
}

/** A number and its unit become one word at the place of the number. */
function timeOf(part: string, before: string | undefined, behind: string | undefined): string[] {
  const isCount = (word: string | undefined) => word !== undefined && /^\d{1,5}$/.test(word);
  const unit = (word: string | undefined) => UNIT.exec(word ?? '');
  if (isCount(part) && unit(behind)?.[1] === undefined && unit(behind) !== null)
    return [`${part}${(unit(behind)?.[2] ?? '').toLowerCase()}`];
  if (ONE.test(part) && /^(?:last|past)$/i.test(before ?? ''))
    return [/^month$/i.test(part) ? MONTH : `1${part.slice(0, 1).toLowerCase()}`];
  const [, count, letter = ''] = unit(part) ?? [];
  if (count !== undefined) return [`${count}${letter.toLowerCase()}`];
  return letter !== '' && isCount(before) ? [] : [part];
}
