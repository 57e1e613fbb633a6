import type { Word } from '../../actions/grammar/word.ts';
import { tokenise } from './grammar/tokenise.ts';

/** `36h`, `7d`, `4w` or a day; a namespace is written otherwise. */
export const timeWord = /^(\d{1,5}[hdw]|\d{4}-\d{2}-\d{2}(T\S*)?)$/i;

/** What names a filter that its value follows. */
const NAMES = /^(-n|--namespace|namespace|ns|playbook|person|by|workload)$/i;

/** What names a filter, glued to its value as kubectl and other chats take it. */
const GLUED = /^(-n|--namespace|namespace|ns|playbook|person|by|workload)[=:](\S+)$/i;

/** `2days`, or `days` behind a number. */
const UNIT = /^(\d{1,5})?(h|d|w)(?:(?<=h)(?:ours?|rs?)|(?<=d)ays?|(?<=w)eeks?)?$/i;

/** They say nothing before a time. */
const BEFORE_TIME = /^(?:since|last|past|from|the|in|for|over|within|during)$/i;

/** Of one of which no number is said, as in `last week`. */
const ONE = /^(?:hour|day|week|month)$/i;

/** Words that are a time by themselves, and how far back all of it lies at most. */
const SPOKEN: ReadonlyMap<string, string> = new Map([
  ['today', '1d'],
  ['yesterday', '2d'],
]);
const MONTH = '31d';

/**
 * The words of a question about what was, as they are read: what is in quotes is one, `-n=shop` is two, `2 days` is `2d`, and
 * `since` is none before a time.
 */
export function askedWords(words: readonly string[]): readonly string[] {
  const parts = typedParts(words).map(spokenOf).flatMap(partsOf);
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
  return (NAMES.test(all[at - 1] ?? '') ? undefined : SPOKEN.get(part.toLowerCase())) ?? part;
}

function partsOf(part: string): string[] {
  const quoted = /^["\u201c-\u201f](.*)["\u201c-\u201f]$/.exec(part)?.[1]?.trim();
  if (quoted !== undefined) return quoted === '' ? [] : [quoted];
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
