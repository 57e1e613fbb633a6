/** Whether quotes open here. */
export function isQuote(character: string | undefined): boolean {
  return character === "'" || character === '"';
}

/** Where the quote stands that closes the one at `start`, before `end`; undefined if it is never closed. */
export function closingQuote(text: string, start: number, end: number): number | undefined {
  const quote = text[start];
  // Nothing that a backslash escapes is a single quote: between these it makes no difference.
  for (let at = start + 1; at < end; at += isEscape(text, at) ? 2 : 1) if (text[at] === quote) return at;
  return undefined;
}

/** Between double quotes a backslash escapes these signs; before anything else it stands for itself (POSIX, 2.2.3). */
export function isEscape(text: string, at: number): boolean {
  return text[at] === '\\' && /["\\$`]/.test(text.charAt(at + 1));
}
