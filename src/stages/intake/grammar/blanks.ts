import { isBlank, isLineBreak, isSpace, lineBreakAt } from './characters.ts';
import { startsFlag } from './dashes.ts';

/**
 * How much of the text at this place only parts words; 0 where it says something. A line that ends in a backslash goes
 * on, as in a shell, unless it would go on in the middle of a word; a line that begins with a flag is no command of its
 * own.
 */
export function blankAt(text: string, at: number): number {
  const character = text.charAt(at);
  if (isBlank(character)) return 1;
  if (character === '\\') return continuationAt(text, at);
  return isLineBreak(character) ? breakBeforeFlag(text, at) : 0;
}

function continuationAt(text: string, at: number): number {
  const length = lineBreakAt(text, at + 1);
  if (length === 0) return 0;
  const after = at + 1 + length;
  return isSpaceAt(text, at - 1) || isSpaceAt(text, after) ? 1 + length : 0;
}

/** All blanks and line breaks up to the flag at once: none is looked at twice. */
function breakBeforeFlag(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charAt(at))) at += 1;
  return startsFlag(text, at) ? at - start : 0;
}

/** Before the text and behind it, too. */
function isSpaceAt(text: string, at: number): boolean {
  return isSpace(text[at] ?? ' ');
}
