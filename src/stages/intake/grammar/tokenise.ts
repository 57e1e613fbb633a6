import type { Objection, Span } from '../../../actions/grammar/refusal.ts';
import { isObjection } from '../../../actions/grammar/refusal.ts';
import type { Seam, Word } from '../../../actions/grammar/word.ts';
import { blankAt } from './blanks.ts';
import { isPlain, isPrintable, isSpace, objectionAt } from './characters.ts';
import { dashesAt } from './dashes.ts';
import { linkAt } from './links.ts';
import { closingQuote, isEscape } from './quotes.ts';

export interface Tokens {
  /** The words before the first objection, or all of them. */
  readonly words: readonly Word[];
  readonly objection?: Objection;
}

/** The longest request has 20 objects, 40 values and a few flags; more is another text, and would only cost time. */
const MOST_WORDS = 200;

/**
 * Splits a command into words, character by character, as POSIX shells do (Shell Command Language, 2.2 and 2.3),
 * but stops at the first character to which a shell would give a meaning of its own. Linear in the text.
 */
export function tokenise(text: string): Tokens {
  const end = endOfText(text);
  const words: Word[] = [];
  let at = startOfText(text);
  while (at < end) {
    const blank = blankAt(text, at);
    if (blank > 0) {
      at += blank;
      continue;
    }
    const word = readWord(text, at, end);
    if (isObjection(word)) return { words, objection: word };
    if (words.length === MOST_WORDS) {
      const reason = `The command has more than ${MOST_WORDS} words; no more are read.`;
      return { words, objection: { code: 'too-long', reason, span: { start: at, end } } };
    }
    words.push(word);
    at = word.end;
  }
  return { words };
}

/** What was read of a word: the ranges of the text that are in it, and where reading goes on. */
interface Piece {
  readonly ranges: readonly Span[];
  readonly end: number;
}

function readWord(text: string, start: number, end: number): Word | Objection {
  const ranges: Span[] = [];
  const dashes = dashesAt(text, start);
  if (dashes !== undefined && isObjection(dashes)) return dashes;
  let at = dashes?.end ?? start;
  while (at < end && blankAt(text, at) === 0) {
    const piece = readPiece(text, at, end);
    if (isObjection(piece)) return piece;
    for (const range of piece.ranges) ranges.push(range);
    at = piece.end;
  }
  return joined(text, dashes?.text ?? '', ranges, { start, end: at });
}

/** `dashes`: what stands before the ranges, where other signs were typed. */
function joined(text: string, dashes: string, ranges: readonly Span[], span: Span): Word {
  let word = dashes;
  const seams = ranges.map((range): Seam => {
    const seam = { from: word.length, at: range.start };
    word += text.slice(range.start, range.end);
    return seam;
  });
  return { text: word, ...span, seams };
}

function readPiece(text: string, start: number, end: number): Piece | Objection {
  const character = text[start];
  if (character === "'") return readSingle(text, start, end);
  if (character === '"') return readDouble(text, start, end);
  if (character === '<') return readLink(text, start) ?? objectionAt(text, start);
  let at = start;
  while (isPlain(text.charAt(at))) at += 1;
  return at === start ? objectionAt(text, at) : { ranges: [{ start, end: at }], end: at };
}

/** What Slack made a link of: the text that was typed. */
function readLink(text: string, start: number): Piece | undefined {
  const link = linkAt(text, start);
  return link && { ranges: [link.label], end: link.end };
}

/** Between single quotes everything stands for itself (2.2.2). */
function readSingle(text: string, start: number, end: number): Piece | Objection {
  const close = closingQuote(text, start, end);
  for (let at = start + 1; at < (close ?? end); at += 1)
    if (!isPrintable(text.charAt(at))) return objectionAt(text, at);
  if (close === undefined) return neverClosed(text, start, end);
  return { ranges: [{ start: start + 1, end: close }], end: close + 1 };
}

/** Between double quotes `$` and backticks are still a shell's, and a backslash escapes (2.2.3). */
function readDouble(text: string, start: number, end: number): Piece | Objection {
  const close = closingQuote(text, start, end);
  const ranges: Span[] = [];
  let from = start + 1;
  let at = from;
  while (at < (close ?? end)) {
    const character = text.charAt(at);
    if (character === '$' || character === '`' || !isPrintable(character)) return objectionAt(text, at);
    const escapes = isEscape(text, at);
    if (escapes) {
      ranges.push({ start: from, end: at });
      from = at + 1;
    }
    at += escapes ? 2 : 1;
  }
  if (close === undefined) return neverClosed(text, start, end);
  return { ranges: [...ranges, { start: from, end: close }], end: close + 1 };
}

function neverClosed(text: string, start: number, end: number): Objection {
  return { ...objectionAt(text, start), span: { start, end } };
}

function startOfText(text: string): number {
  let start = 0;
  while (isSpace(text.charAt(start))) start += 1;
  return start;
}

function endOfText(text: string): number {
  let end = text.length;
  while (isSpace(text.charAt(end - 1))) end -= 1;
  return end;
}
