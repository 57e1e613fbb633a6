import { lineBreakAt } from './grammar/characters.ts';
import { closingQuote, isQuote } from './grammar/quotes.ts';

export interface WithReason {
  /** The text before the separator; it begins where the text began, so places in it are places in the text. */
  readonly command: string;
  readonly reason?: string;
}

/**
 * Splits `<command> -- <reason>` at the first `--` that stands alone between blanks and outside quotes. Phones turn it
 * into one longer dash, which is taken as well: no command holds one. From a quote that is never closed on, quotes are
 * letters: it is an apostrophe, or a mistake for the grammar to tell.
 */
export function splitReason(text: string): WithReason {
  let quoting = true;
  let at = 0;
  while (at < text.length) {
    if (quoting && isQuote(text[at])) {
      const close = closingQuote(text, at, text.length);
      quoting = close !== undefined;
      at = (close ?? at) + 1;
      continue;
    }
    const length = separatorAt(text, at);
    if (length > 0 && isBlankAt(text, at - 1) && isBlankAt(text, at + length)) {
      const command = withoutContinuation(text, text.slice(0, at).trimEnd());
      const reason = text.slice(at + length).trim();
      return reason === '' ? { command } : { command, reason };
    }
    at += 1;
  }
  return { command: text };
}

/** Without the backslash that ended the last line of the command, where the reason is on a line of its own. */
function withoutContinuation(text: string, command: string): string {
  const goesOn = command.endsWith('\\') && lineBreakAt(text, command.length) > 0;
  return goesOn ? command.slice(0, -1).trimEnd() : command;
}

/** En dash, em dash, horizontal bar. */
const LONGER_DASHES = '\u2013\u2014\u2015';

function separatorAt(text: string, at: number): number {
  if (LONGER_DASHES.includes(text[at] ?? ' ')) return 1;
  return text[at] === '-' && text[at + 1] === '-' ? 2 : 0;
}

function isBlankAt(text: string, at: number): boolean {
  const character = text[at];
  return character === undefined || character.trim() === '';
}
