/**
 * Text that PostgreSQL can store: it refuses NUL in text and lone surrogates in jsonb. Both become U+FFFD, so that
 * hostile input is kept visibly instead of failing the write.
 */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
