import { isJsonObject, type Json } from './json.ts';

/** A JSON pointer of unescaped parts (RFC 6901: `~` is `~0`, `/` is `~1`). */
export function jsonPointer(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The unescaped parts of a JSON pointer; none of the whole value. */
export function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at unescaped parts of a JSON value, or undefined. */
export function valueAt(root: Json | undefined, ...parts: readonly string[]): Json | undefined {
  return parts.reduce<Json | undefined>(
    (value, part) => (isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    root,
  );
}
