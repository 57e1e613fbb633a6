/** Whether quotes open here. */
export function isQuote(character: string | undefined): boolean {
  return character === "'" || character === '"';
}

/** Where the quote stands that closes the one at `start`, before `end`; undefined if it is never closed. */
export function closingQuote(text: string, start: number, end: number): number | undefined {
  const quote = text[start];
  let at = start + 1;
  while (at < end && text[at] !== quote) at += quote === '"' && isEscape(text, at, end) ? 2 : 1;
  return at < end ? at : undefined;
}

/** Between double quotes a backslash escapes these signs; before anything else it stands for itself (POSIX, 2.2.3). */
export function isEscape(text: string, at: number, end: number): boolean {
  return text[at] === '\\' && at + 1 < end && '"\\$`'.includes(text[at + 1] ?? ' ');
}
