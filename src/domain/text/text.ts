/**
 * Text that PostgreSQL can store: it refuses NUL in text and lone surrogates in jsonb. Both become U+FFFD, so that
 * hostile input is kept visibly instead of failing the write.
 */
export function storable(text: string): string {
  const isStorable = text.isWellFormed() && !text.includes('\0');
  return isStorable ? text : text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** At most `length` UTF-16 units of a text, never ending in half a surrogate pair (jsonb refuses one). */
export function cut(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, length)) ? length - 1 : length;
  return text.length <= length ? text : text.slice(0, end);
}

/** At most `length` UTF-16 units, of which the last is an ellipsis where something was left out. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${cut(text, length - 1)}…`;
}
