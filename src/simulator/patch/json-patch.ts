import { z } from 'zod';
import { canonicalJson, isJsonObject, type Json, json } from '../../domain/text/json.ts';

const pointer = z.string().regex(/^(\/.*)?$/s, 'must be a JSON pointer: empty or starting with "/"');

/** RFC 6902, section 4. A `test` without a value tests for null, as evanphx/json-patch in the API server does. */
export const jsonPatch = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('test'), path: pointer, value: json.default(null) }),
    z.object({ op: z.literal('add'), path: pointer, value: json }),
    z.object({ op: z.literal('replace'), path: pointer, value: json }),
    z.object({ op: z.literal('remove'), path: pointer }),
    z.object({ op: z.literal('move'), from: pointer, path: pointer }),
    z.object({ op: z.literal('copy'), from: pointer, path: pointer }),
  ]),
);
export type JsonPatch = z.infer<typeof jsonPatch>;
type Operation = JsonPatch[number];

/** The patched document, or why no operation of the patch took effect. */
export type Patched =
  | { readonly kind: 'patched'; readonly document: Json }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Applies a JSON patch: operations in order, all or nothing, on a copy. Semantics of RFC 6902 with the one
 * leniency of the API server's library: `test` of null passes on a path that does not exist.
 */
export function applyJsonPatch(document: Json, patch: JsonPatch): Patched {
  let current: Json = structuredClone(document);
  for (const [index, operation] of patch.entries()) {
    const next = applyOperation(current, operation);
    if (next === undefined)
      return { kind: 'failed', reason: `operation ${index} (${operation.op} ${operation.path}) failed` };
    current = next;
  }
  return { kind: 'patched', document: current };
}

function applyOperation(document: Json, operation: Operation): Json | undefined {
  const path = segments(operation.path);
  switch (operation.op) {
    case 'test':
      return equal(lookUp(document, path) ?? null, operation.value) ? document : undefined;
    case 'add':
      return insert(document, path, structuredClone(operation.value));
    case 'remove':
      return cut(document, path);
    case 'replace':
      return replace(document, path, structuredClone(operation.value));
    case 'move':
      return move(document, segments(operation.from), path);
    case 'copy': {
      const found = lookUp(document, segments(operation.from));
      return found === undefined ? undefined : insert(document, path, structuredClone(found));
    }
  }
}

/** Reference tokens of a JSON pointer (RFC 6901, section 4): `~1` is a slash, `~0` a tilde. */
export function segments(path: string): string[] {
  if (path === '') return [];
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function lookUp(document: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = document;
  for (const token of path) {
    if (Array.isArray(here)) here = isIndex(token) ? here[Number(token)] : undefined;
    else if (isJsonObject(here) && Object.hasOwn(here, token)) here = here[token];
    else return undefined;
  }
  return here;
}

/** RFC 6901: digits without a leading zero. */
function isIndex(token: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(token);
}

function equal(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

/** The object or array that holds the last token of a path, and that token. */
function holderOf(document: Json, path: readonly string[]) {
  const key = path.at(-1);
  const holder = lookUp(document, path.slice(0, -1));
  return key === undefined || holder === undefined ? undefined : { holder, key };
}

function insert(document: Json, path: readonly string[], value: Json): Json | undefined {
  if (path.length === 0) return value;
  const place = holderOf(document, path);
  if (place === undefined) return undefined;
  const { holder, key } = place;
  if (Array.isArray(holder)) {
    const index = key === '-' ? holder.length : isIndex(key) ? Number(key) : -1;
    if (index < 0 || index > holder.length) return undefined;
    holder.splice(index, 0, value);
    return document;
  }
  return isJsonObject(holder) ? assign(document, holder, key, value) : undefined;
}

function assign(document: Json, holder: { [key: string]: Json }, key: string, value: Json): Json {
  // A plain assignment to `__proto__` would not make a property.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  return document;
}

function cut(document: Json, path: readonly string[]): Json | undefined {
  const place = holderOf(document, path);
  if (place === undefined || lookUp(document, path) === undefined) return undefined;
  const { holder, key } = place;
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (isJsonObject(holder)) delete holder[key];
  return document;
}

function replace(document: Json, path: readonly string[], value: Json): Json | undefined {
  if (path.length === 0) return value;
  const place = holderOf(document, path);
  if (place === undefined || lookUp(document, path) === undefined) return undefined;
  const { holder, key } = place;
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else if (isJsonObject(holder)) assign(document, holder, key, value);
  return document;
}

function move(document: Json, from: readonly string[], to: readonly string[]): Json | undefined {
  const found = lookUp(document, from);
  const intoItself = to.length > from.length && from.every((token, index) => to[index] === token);
  if (found === undefined || intoItself) return undefined;
  if (from.join('/') === to.join('/')) return document;
  const without = cut(document, from);
  return without === undefined ? undefined : insert(without, to, found);
}
