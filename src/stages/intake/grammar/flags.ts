import type { Verb } from '../../../domain/action.ts';
import { nearestWord } from '../../../domain/nearest.ts';
import { quoted } from './display.ts';
import type { FlagRule, UsedFlag } from './flag-table.ts';
import { FLAGS } from './flag-table.ts';
import type { Objection, Span } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Word } from './tokenise.ts';

/** One flag as it was typed. */
export interface Flag {
  readonly rule: FlagRule;
  /** `-n` or `--namespace`, whichever was typed. */
  readonly name: string;
  readonly value?: string;
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
  const rule = FLAGS.find(({ long }) => `--${long}` === name);
  if (!rule) return unknownLong(word, name);
  return withValue(rule, name, word, next, equals < 0 ? undefined : word.text.slice(equals + 1));
}

/** `-n shop`, `-nshop`, `-n=shop`. Several switches behind one dash (`-Ai`) are not taken apart. */
function readShort(word: Word, next: Word | undefined): Flag | Objection {
  const rest = word.text.slice(2);
  const rule = FLAGS.find(({ short }) => short === word.text[1]);
  const long = FLAGS.find((flag) => flag.long.length > 1 && word.text === `-${flag.long}`);
  // kubectl reads `-namespace` as `-n amespace`, which nobody has ever meant.
  if (long) return unknown(word, `${quoted(word.text)} needs two dashes`, `--${long.long}`);
  if (!rule || (rule.takes === 'switch' && rest !== '' && !rest.startsWith('='))) {
    return unknown(word, `${quoted(word.text)} is not a flag of these commands`);
  }
  const glued = rest.startsWith('=') ? rest.slice(1) : rest;
  return withValue(rule, word.text.slice(0, 2), word, next, rest === '' ? undefined : glued);
}

function withValue(
  rule: FlagRule,
  name: string,
  word: Word,
  next: Word | undefined,
  glued: string | undefined,
): Flag {
  const span = { start: word.start, end: word.end };
  if (glued !== undefined) return { rule, name, value: glued, span };
  if (rule.takes === 'switch' || !next) return { rule, name, span };
  return { rule, name, value: next.text, span: { start: word.start, end: next.end } };
}

function unknownLong(word: Word, name: string): Objection {
  const near = nearestWord(
    name.slice(2),
    FLAGS.map(({ long }) => long),
  );
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
  readonly notes: readonly string[];
}

/** Gives each flag its meaning for this verb, or objects to the leftmost one that cannot be honoured. */
export function readFlags(flags: readonly Flag[], verb: Verb): ReadFlags | Objection {
  const used = new Map<UsedFlag, Flag>();
  const notes: string[] = [];
  for (const flag of flags) {
    const { meaning } = flag.rule;
    if (meaning.kind === 'refused') {
      const { code, reason, offerWithout } = meaning;
      return { code, reason, span: flag.span, ...(offerWithout ? { instead: '' } : {}) };
    }
    if (meaning.kind === 'noted') notes.push(`${flag.name} ${meaning.note}`);
    else if (meaning.verbs !== 'all' && !meaning.verbs.includes(verb))
      return belongsElsewhere(flag, meaning.verbs, verb);
    else if (used.has(meaning.as)) return repeated(flag);
    else used.set(meaning.as, flag);
  }
  return { used, notes: [...new Set(notes)] };
}

function belongsElsewhere(flag: Flag, verbs: readonly Verb[], verb: Verb): Objection {
  const reason = `${flag.name} belongs to "${verbs.join(', ')}", not to "${verb}".`;
  return { code: 'flag-of-other-verb', reason, span: flag.span };
}

/** pflag takes the last of several values; two values are one too many to be sure which was meant. */
function repeated(flag: Flag): Objection {
  return { code: 'flag-repeated', reason: `${flag.name} is given twice; give it once.`, span: flag.span };
}
