import { codePointName } from '../../../actions/grammar/display.ts';
import type { Objection, RefusalCode, Span } from '../../../actions/grammar/refusal.ts';
import { nameInLink } from './links.ts';

/** Letters, digits and the few signs that names, flags and image references are made of. */
export function isPlain(character: string): boolean {
  return /[\w./:=@,%+-]/.test(character);
}

/** What may stand in quotes: one line of text without anything hidden in it. */
export function isPrintable(character: string): boolean {
  return character >= ' ' && character <= '~';
}

/** Non-breaking spaces too: chats and web pages put them between words. */
export function isBlank(character: string): boolean {
  return character !== '' && ' \t\u00a0\u202f\u3000'.includes(character);
}

export function isLineBreak(character: string): boolean {
  return character === '\n' || character === '\r';
}

export function isSpace(character: string): boolean {
  return isBlank(character) || isLineBreak(character);
}

/** Characters that make one line into several commands, or let another command write part of this one. */
const JOINS_COMMANDS = ['|', ';', '&', '`', '$', '\n', '\r', '<(', '>('];

/** Whether a shell might find a second command in the text: then nothing may be said about the line as a whole. */
export function mayHoldAnotherCommand(text: string): boolean {
  return JOINS_COMMANDS.some((sign) => text.includes(sign));
}

const SHELL_SIGNS: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  '|': ['several-commands', 'Pipes and "||" join commands; give one command.'],
  ';': ['several-commands', '";" joins commands; give one command.'],
  '&': ['several-commands', '"&" joins commands or sends them to the background; give one command.'],
  '(': ['several-commands', 'Parentheses start a subshell; a selector that holds them needs quotes.'],
  ')': ['several-commands', 'Parentheses belong to a subshell; a selector that holds them needs quotes.'],
  '\n': ['several-commands', 'The command must be on one line.'],
  '\r': ['several-commands', 'The command must be on one line.'],
  '`': ['substitution', 'Backticks run another command in a shell; write the value itself.'],
  $: ['substitution', 'There is no shell here to fill in "$"; write the value itself.'],
  '>': ['redirection', 'There is no shell here to redirect output.'],
  '<': ['redirection', 'There is no shell here to redirect input.'],
  '[': ['placeholder', 'Brackets mark something to fill in; write the value itself.'],
  ']': ['placeholder', 'Brackets mark something to fill in; write the value itself.'],
  '{': ['placeholder', 'Braces mark something to fill in or to expand; write the value itself.'],
  '}': ['placeholder', 'Braces mark something to fill in or to expand; write the value itself.'],
  '*': ['glob', '"*" stands for several names; name one object.'],
  '?': ['glob', '"?" stands for several names; name one object.'],
  '#': ['comment', 'Comments are not read; put your reason after " -- ".'],
  '!': ['character', '"!" means something to a shell; put the selector in single quotes.'],
  '"': ['quote', 'This quote is never closed.'],
  "'": ['quote', 'This quote is never closed.'],
};

/** Why the character at `start` cannot stand in a command, and how far the trouble reaches. Never undefined. */
export function objectionAt(text: string, start: number): Objection {
  const code = text.codePointAt(start) ?? 0;
  const character = String.fromCodePoint(code);
  const span = { start, end: endOfTrouble(text, start, character) };
  if (character === '<' && text[span.end - 1] === '>') {
    const instead = nameInLink(text.slice(span.start, span.end));
    const reason = 'Angle brackets mark something to fill in; write the value itself.';
    return { code: 'placeholder', reason, span, instead };
  }
  if (character === '\\') return backslash(text, start);
  if (character === '{' && text[start + 1] === '"') {
    return { code: 'quote', reason: 'A shell takes JSON apart; put it in single quotes.', span };
  }
  const sign = SHELL_SIGNS[character];
  if (sign) {
    const [signCode, reason] = sign;
    return { code: signCode, reason, span, ...(signCode === 'comment' ? { instead: '' } : {}) };
  }
  if (isPrintable(character))
    return { code: 'character', reason: `"${character}" has no meaning in a command here.`, span };
  if (code > 0x7f) return notAscii(character, code, span);
  const reason = `Control character ${codePointName(code)} cannot be part of a command.`;
  return { code: 'control-character', reason, span };
}

/** One that ends a line, or stands alone where a line ended, can be left out; any other is part of a word. */
function backslash(text: string, start: number): Objection {
  const after = start + 1 + lineBreakAt(text, start + 1);
  const alone = after > start + 1 || after === text.length || isBlank(text.charAt(after));
  return {
    code: 'character',
    reason: 'A backslash escapes something in a shell; write the command plainly on one line.',
    span: { start, end: after },
    ...(alone ? { instead: ' ' } : {}),
  };
}

/** How long the line break at this place is; 0 where there is none. */
export function lineBreakAt(text: string, at: number): number {
  if (text[at] === '\r' && text[at + 1] === '\n') return 2;
  return isLineBreak(text.charAt(at)) ? 1 : 0;
}

function notAscii(character: string, code: number, span: Span): Objection {
  const plain = plainTwin(character);
  if (plain === undefined) {
    return {
      code: 'not-ascii',
      reason: `${codePointName(code)} is not an ASCII character; kubectl names have none.`,
      span,
    };
  }
  const twin =
    plain === '' ? 'invisible' : `not the ASCII ${plain === ' ' ? 'space' : `"${plain}"`} it looks like`;
  return { code: 'not-ascii', reason: `${codePointName(code)} is ${twin}.`, span, instead: plain };
}

const CLOSING: Readonly<Record<string, string>> = { '<': '>', '[': ']', '{': '}' };

/** The end of a `<place holder>`, of `$VAR`, `$(cmd)` or `${VAR}`, of `&&`, of a comment; else one character. */
function endOfTrouble(text: string, start: number, character: string): number {
  if (character === '#') return endOfLine(text, start);
  if (character === '$') return endOfSubstitution(text, start);
  const closing = CLOSING[character];
  if (closing !== undefined) return endOfBrackets(text, start, closing);
  const doubled = (character === '&' || character === '|') && text[start + 1] === character;
  return start + (doubled ? 2 : character.length);
}

function endOfLine(text: string, start: number): number {
  return start + text.slice(start).search(/[\r\n]|$/);
}

function endOfSubstitution(text: string, start: number): number {
  const next = text[start + 1];
  if (next === '{') return endOfBrackets(text, start + 1, '}');
  if (next === '(') return endOfBrackets(text, start + 1, ')');
  return start + 1 + text.slice(start + 1).search(/\W|$/);
}

/** Just past the closing sign (a run of them, for `{{x}}`), or past the opening sign when there is none. */
function endOfBrackets(text: string, start: number, closing: string): number {
  const close = text.slice(start, endOfLine(text, start)).indexOf(closing);
  if (close === -1 || isBlank(text.charAt(start + 1))) return start + 1;
  let end = start + close + 1;
  while (text[end] === closing) end += 1;
  return end;
}

/** What phones and word processors turn plain signs into. */
const TWINS: Readonly<Record<string, string>> = {
  '\u2014': '--',
  '\u2015': '--',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2212': '-',
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u3000': ' ',
  '\u200b': '',
  '\u2060': '',
  '\ufeff': '',
};

function plainTwin(character: string): string | undefined {
  const code = character.codePointAt(0) ?? 0;
  // U+FF01..U+FF5E are the full-width forms of ASCII, in the same order.
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - 0xfee0);
  return TWINS[character];
}

/** The text with every typographic twin replaced by the sign that was meant. Used for suggestions only. */
export function withPlainTwins(text: string): string {
  let plain = '';
  for (const character of text) plain += plainTwin(character) ?? character;
  return plain;
}
