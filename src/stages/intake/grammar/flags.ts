import { nearestWord } from '../../../domain/text/nearest.ts';
import type { CommandName } from './command-name.ts';
import { either, quoted } from './display.ts';
import type { FlagMeaning, FlagRule, UsedFlag } from './flag-table.ts';
import { longFlag, longFlags, meaningOf, shortFlag } from './flag-table.ts';
import type { Objection, Span } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { partOf } from './tokenise.ts';

/** One flag as it was typed. */
export interface Flag {
  readonly rule: FlagRule;
  /** `-n` or `--namespace`, whichever was typed. */
  readonly name: string;
  readonly value?: Word;
  readonly span: Span;
}

export interface SplitWords {
  readonly operands: readonly Word[];
  readonly flags: readonly Flag[];
  /** The first flag that cannot be read. What follows it is left out: its value might look like anything. */
  readonly objection?: Objection;
}

/** Takes the flags out of the words, as spf13/pflag does (flag.go, parseLongArg and parseSingleShortArg). */
export function splitFlags(words: readonly Word[]): SplitWords {
  const operands: Word[] = [];
  const flags: Flag[] = [];
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

function readFlag(word: Word, next: Word | undefined): Flag | Objection {
  if (word.text === '--') return unknown(word, 'A lone "--" only separates the command from its reason');
  return word.text.startsWith('--') ? readLong(word, next) : readShort(word, next);
}

function readLong(word: Word, next: Word | undefined): Flag | Objection {
  const equals = word.text.indexOf('=');
  const name = equals < 0 ? word.text : word.text.slice(0, equals);
  const rule = longFlag(name.slice(2));
  if (!rule) return unknownLong(word, name);
  return withValue(rule, name, word, next, equals < 0 ? undefined : equals + 1);
}

/** `-n shop`, `-nshop`, `-n=shop`. Several switches behind one dash (`-Ai`) are not taken apart. */
function readShort(word: Word, next: Word | undefined): Flag | Objection {
  const rest = word.text.slice(2);
  const rule = shortFlag(word.text[1] ?? '');
  const long = word.text.length > 2 ? longFlag(word.text.slice(1)) : undefined;
  // kubectl reads `-namespace` as `-n amespace`, which nobody has ever meant.
  if (long) return unknown(word, `${quoted(word.text)} needs two dashes`, `--${long.long}`);
  if (!rule || (rule.takes === 'switch' && rest !== '' && !rest.startsWith('='))) {
    return unknown(word, `${quoted(word.text)} is not a flag of these commands`);
  }
  const glued = rest.startsWith('=') ? 3 : 2;
  return withValue(rule, word.text.slice(0, 2), word, next, rest === '' ? undefined : glued);
}

/** `glued`: where in the word its value begins, if it is there. */
function withValue(
  rule: FlagRule,
  name: string,
  word: Word,
  next: Word | undefined,
  glued: number | undefined,
): Flag {
  const span = { start: word.start, end: word.end };
  if (glued !== undefined) return { rule, name, value: partOf(word, glued), span };
  if (rule.takes === 'switch' || !next) return { rule, name, span };
  return { rule, name, value: next, span: { start: word.start, end: next.end } };
}

function unknownLong(word: Word, name: string): Objection {
  const near = nearestWord(name.slice(2), longFlags);
  const instead = near === undefined ? undefined : `--${near}${word.text.slice(name.length)}`;
  return unknown(word, `${quoted(name)} is not a flag of these commands`, instead);
}

function unknown(word: Word, what: string, instead?: string): Objection {
  return {
    code: 'unknown-flag',
    reason: `${what}.`,
    span: { start: word.start, end: word.end },
    ...(instead === undefined ? {} : { instead }),
  };
}

export interface ReadFlags {
  readonly used: ReadonlyMap<UsedFlag, Flag>;
  /** Every flag that may be given several times, in their order. */
  readonly repeated: readonly Flag[];
  readonly notes: readonly string[];
}

/** Gives each flag its meaning for this command, or objects to the leftmost one that cannot be honoured. */
export function readFlags(flags: readonly Flag[], command: CommandName): ReadFlags | Objection {
  const used = new Map<UsedFlag, Flag>();
  const repeated: Flag[] = [];
  const notes = new Set<string>();
  for (const flag of flags) {
    const meaning = meaningOf(flag.rule, command);
    const objection = objectionTo(flag, meaning, command);
    if (objection) return objection;
    if (meaning.kind === 'noted') notes.add(`${flag.name} ${meaning.note}`);
    if (meaning.kind !== 'used') continue;
    if (used.has(meaning.as)) return givenTwice(flag);
    if (meaning.repeatable) repeated.push(flag);
    else used.set(meaning.as, flag);
  }
  return { used, repeated, notes: [...notes] };
}

function objectionTo(flag: Flag, meaning: FlagMeaning, command: CommandName): Objection | undefined {
  if (meaning.kind === 'refused') {
    const { code, reason, offerWithout } = meaning;
    return { code, reason, span: flag.span, ...(offerWithout ? { instead: '' } : {}) };
  }
  if (meaning.kind === 'noted' || meaning.commands === 'all' || meaning.commands.includes(command))
    return undefined;
  return belongsElsewhere(flag, meaning.commands, command);
}

function belongsElsewhere(flag: Flag, commands: readonly CommandName[], command: CommandName): Objection {
  const owners = either(commands.map((each) => `"${each}"`));
  return {
    code: 'flag-of-other-verb',
    reason: `${flag.name} belongs to ${owners}, not to "${command}".`,
    span: flag.span,
  };
}

/** pflag takes the last of several values; two values are one too many to be sure which was meant. */
function givenTwice(flag: Flag): Objection {
  return { code: 'flag-repeated', reason: `${flag.name} is given twice; give it once.`, span: flag.span };
}
