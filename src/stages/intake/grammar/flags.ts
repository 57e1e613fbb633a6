import { either, quoted } from '../../../actions/grammar/display.ts';
import type { Flag, FlagMeaning, GivenFlags } from '../../../actions/grammar/flag.ts';
import type { Objection } from '../../../actions/grammar/refusal.ts';
import { isObjection } from '../../../actions/grammar/refusal.ts';
import { partOf, type Word } from '../../../actions/grammar/word.ts';
import { nearestWord } from '../../../domain/text/nearest.ts';
import { type KnownFlag, longFlag, longFlags, meaningOf, shortFlag } from './known-flags.ts';
import type { TypedCommand } from './typed-commands.ts';

/** One flag as it was typed, with what it can mean. */
interface TypedFlag extends Flag {
  readonly known: KnownFlag;
}

export interface SplitWords {
  readonly operands: readonly Word[];
  readonly flags: readonly TypedFlag[];
  /** The first flag that cannot be read. What follows it is left out: its value might look like anything. */
  readonly objection?: Objection;
}

/** Takes the flags out of the words, as spf13/pflag does (flag.go, parseLongArg and parseSingleShortArg). */
export function splitFlags(words: readonly Word[]): SplitWords {
  const operands: Word[] = [];
  const flags: TypedFlag[] = [];
  let at = 0;
  for (let word = words[at]; word; word = words[at]) {
    at += 1;
    if (!word.text.startsWith('-') || word.text === '-') {
      operands.push(word);
      continue;
    }
    const flag = readFlag(word, words[at]);
    if (isObjection(flag)) return { operands, flags, objection: flag };
    flags.push(flag);
    if (flag.span.end > word.end) at += 1;
  }
  return { operands, flags };
}

function readFlag(word: Word, next: Word | undefined): TypedFlag | Objection {
  if (word.text === '--') return unknown(word, 'A lone "--" only separates the command from its reason');
  return word.text.startsWith('--') ? readLong(word, next) : readShort(word, next);
}

function readLong(word: Word, next: Word | undefined): TypedFlag | Objection {
  const equals = word.text.indexOf('=');
  const name = equals === -1 ? word.text : word.text.slice(0, equals);
  const rule = longFlag(name.slice(2));
  if (!rule) return unknownLong(word, name);
  return withValue(rule, name, word, next, equals === -1 ? undefined : equals + 1);
}

/** `-n shop`, `-nshop`, `-n=shop`. Several switches behind one dash (`-Ai`) are not taken apart. */
function readShort(word: Word, next: Word | undefined): TypedFlag | Objection {
  const rest = word.text.slice(2);
  const rule = shortFlag(word.text.charAt(1));
  const name = word.text.slice(1).replace(/=.*/, '');
  // kubectl reads `-namespace` as `-n amespace`, which nobody has ever meant.
  if (name.length > 1 && longFlag(name))
    return unknown(word, `${quoted(`-${name}`)} needs two dashes`, `-${word.text}`);
  // kubectl reads `-ns shop` as `-n s`, with "shop" as one more name; a namespace "s" can be written `-n s`.
  if (name === 'ns')
    return unknown(word, '"-ns" would be the namespace "s"; write -n', `-n${word.text.slice(3)}`);
  if (!rule || (rule.takes === 'switch' && rest !== '' && !rest.startsWith('='))) {
    return unknown(word, `${quoted(word.text)} is not a flag of these commands`);
  }
  const glued = rest.startsWith('=') ? 3 : 2;
  return withValue(rule, word.text.slice(0, 2), word, next, rest === '' ? undefined : glued);
}

/** `glued`: where in the word its value begins, if it is there. */
function withValue(
  known: KnownFlag,
  name: string,
  word: Word,
  next: Word | undefined,
  glued: number | undefined,
): TypedFlag {
  const span = { start: word.start, end: word.end };
  if (glued !== undefined) return { known, name, value: partOf(word, glued), span };
  if (known.takes === 'switch' || !next) return { known, name, span };
  return { known, name, value: next, span: { start: word.start, end: next.end } };
}

function unknownLong(word: Word, name: string): Objection {
  const near = saidFlags.get(name.slice(2)) ?? nearestWord(name.slice(2), longFlags);
  const instead = near === undefined ? undefined : `--${near}${word.text.slice(name.length)}`;
  return unknown(word, `${quoted(name)} is not a flag of these commands`, instead);
}

/** What people call a flag of kubectl that is spelled otherwise. */
const saidFlags: ReadonlyMap<string, string> = new Map([
  ['ns', 'namespace'],
  ['rev', 'to-revision'],
  ['revision', 'to-revision'],
]);

function unknown(word: Word, what: string, instead?: string): Objection {
  return {
    code: 'unknown-flag',
    reason: `${what}.`,
    span: { start: word.start, end: word.end },
    instead,
  };
}

export interface ReadFlags {
  readonly used: GivenFlags;
  readonly notes: readonly string[];
}

/** Gives each flag its meaning for this command, or objects to the leftmost one that cannot be honoured. */
export function readFlags(flags: readonly TypedFlag[], command: TypedCommand): ReadFlags | Objection {
  const used = new Map<string, readonly Flag[]>();
  const notes = new Set<string>();
  for (const flag of flags) {
    const meaning = meaningOf(flag.known, command);
    if (!isMeaning(meaning)) return belongsElsewhere(flag, meaning, command);
    if (meaning.kind === 'refused') return refusedFlag(flag, meaning);
    if (meaning.kind === 'noted') {
      notes.add(`${flag.name} ${meaning.note}`);
      continue;
    }
    const before = used.get(meaning.as) ?? [];
    const [first] = before;
    if (first && !meaning.repeatable) return givenTwice(first, flag);
    used.set(meaning.as, [...before, flag]);
  }
  return { used, notes: [...notes] };
}

const isMeaning = (meaning: FlagMeaning | readonly string[]): meaning is FlagMeaning => 'kind' in meaning;

function refusedFlag({ span }: Flag, meaning: FlagMeaning & { readonly kind: 'refused' }): Objection {
  const { code, reason, offerWithout } = meaning;
  return { code, reason, span, ...(offerWithout ? { instead: '' } : {}) };
}

function belongsElsewhere(flag: Flag, commands: readonly string[], { name }: TypedCommand): Objection {
  const owners = either(commands.map((each) => `"${each}"`));
  return {
    code: 'flag-of-other-verb',
    reason: `${flag.name} belongs to ${owners}, not to "${name}".`,
    span: flag.span,
  };
}

/** pflag takes the last of several values; two are one too many to be sure which was meant, unless they are the same. */
function givenTwice(first: Flag, { name, value, span }: Flag): Objection {
  const same = first.value?.text === value?.text;
  return {
    code: 'flag-repeated',
    reason: `${name} is given twice; give it once.`,
    span,
    ...(same ? { instead: '' } : {}),
  };
}
