/** Longest piece of the user's text repeated inside a sentence, in columns. */
const QUOTE_COLUMNS = 40;

/** U+202E, as Unicode writes it. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * One character as it may be shown in a terminal or a Slack code block: printable ASCII as it is, everything else
 * as an escape. An escape cannot reorder the line, hide, or pass for another letter, and has a known width.
 */
export function displayCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return character;
  if (character === '\t') return ' ';
  if (character === '\n') return '\\n';
  return `<${codePointName(code)}>`;
}

/** The user's own word inside a sentence: quoted, harmless, cut to 40 columns. */
export function quoted(word: string): string {
  let shown = '';
  for (const character of word) {
    shown += displayCharacter(character);
    if (shown.length > QUOTE_COLUMNS) return `"${shown.slice(0, QUOTE_COLUMNS)}..."`;
  }
  return `"${shown}"`;
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
