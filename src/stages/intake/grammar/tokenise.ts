import { isBlank, isLineBreak, isPlain, objectionAt } from './characters.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';

/** One word as a shell would pass it on: quotes taken off, with its place in the text as it was typed. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  /** The words before the first objection, or all of them. */
  readonly words: readonly Word[];
  readonly objection?: Objection;
}

/**
 * Splits a command into words, character by character, as POSIX shells do (Shell Command Language, 2.2 and 2.3),
 * but stops at the first character to which a shell would give a meaning of its own. Linear in the text.
 */
export function tokenise(text: string): Tokens {
  const end = endOfText(text);
  const words: Word[] = [];
  let at = startOfText(text);
  while (at < end) {
    if (isBlank(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const word = readWord(text, at, end);
    if (isObjection(word)) return { words, objection: word };
    words.push(word);
    at = word.end;
  }
  return { words };
}

function readWord(text: string, start: number, end: number): Word | Objection {
  let word = '';
  let at = start;
  while (at < end && !isBlank(text[at] ?? '')) {
    const character = text[at] ?? '';
    if (isPlain(character)) {
      word += character;
      at += 1;
    } else if (character === '"' || character === "'") {
      const inner = readQuoted(text, at, end);
      if (isObjection(inner)) return inner;
      word += inner.text;
      at = inner.end;
    } else {
      return objectionAt(text, at);
    }
  }
  return { text: word, start, end: at };
}

/** Quotes are allowed where they change nothing: names, flags and images need no quoting. */
function readQuoted(text: string, start: number, end: number): Word | Objection {
  const quote = text[start] ?? '';
  let at = start + 1;
  while (at < end && isPlain(text[at] ?? '')) at += 1;
  if (at >= end) return { ...objectionAt(text, start), span: { start, end } };
  if (text[at] === quote) return { text: text.slice(start + 1, at), start, end: at + 1 };
  return objectionInQuotes(text, at, quote);
}

function objectionInQuotes(text: string, at: number, quote: string): Objection {
  const character = text[at] ?? '';
  const found = objectionAt(text, at);
  const expands = quote === '"' && found.code === 'substitution';
  if (expands || found.code === 'control-character' || found.code === 'not-ascii' || isLineBreak(character))
    return found;
  const reason = 'Quotes may hold only letters, digits and - _ . / : = @ here; no name or image needs more.';
  return { code: 'quote', reason, span: { start: at, end: at + 1 } };
}

function isSpace(character: string): boolean {
  return isBlank(character) || isLineBreak(character);
}

function startOfText(text: string): number {
  let start = 0;
  while (start < text.length && isSpace(text[start] ?? '')) start += 1;
  return start;
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1] ?? '')) end -= 1;
  return end;
}
