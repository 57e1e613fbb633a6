import { applyPatch, type Operation as LibraryOperation, Pointer } from 'rfc6902';
import { z } from 'zod';
import { isJsonObject, type Json, json } from '../json.ts';

/** What the API server decodes before it applies anything: a list of objects. Anything else is a bad request. */
export const jsonPatch = z.array(z.record(z.string(), json));
export type JsonPatch = z.infer<typeof jsonPatch>;

/** The library steps into these names wrongly, since every JavaScript object has them. */
const misread = /\/(__proto__|constructor|prototype)(\/|$)/;
const place = z
  .string()
  .startsWith('/')
  .refine((path) => !misread.test(path));
const placeOrRoot = z.union([z.literal(''), place]);
const value = json.default(null);

/** RFC 6902, section 4, as evanphx/json-patch reads it: no value is null, the whole document can only be tested or replaced. */
const operation = z.discriminatedUnion('op', [
  z.object({ op: z.literal('test'), path: placeOrRoot, value }),
  z.object({ op: z.literal('add'), path: place, value }),
  z.object({ op: z.literal('replace'), path: placeOrRoot, value }),
  z.object({ op: z.literal('remove'), path: place }),
  z.object({ op: z.literal('move'), from: place, path: place }),
  z.object({ op: z.literal('copy'), from: place, path: place }),
]);
type Operation = z.infer<typeof operation>;

/**
 * Applies a JSON patch to a copy, all or nothing; undefined if an operation fails, whichever it is.
 *
 * The library `rfc6902` finds, compares and edits. The API server's answers (gopkg.in/evanphx/json-patch.v4) differ
 * from the library's, and this adds the difference:
 * - the first operation that fails ends the patch; the library goes on;
 * - `test` for null passes for a member that its object does not have, but not where that object is missing;
 * - `replace` makes a member that is absent, and replaces the whole document at the path "";
 * - `add`, `remove`, `move` and `copy` refuse the path "";
 * - `copy` of an absent member adds null;
 * - `move` looks for its target after the removal;
 * - only members of their own are found: the library finds what JavaScript gives to all (`toString`, `length`).
 *
 * Two things that the API server allows are refused: indexes that are negative or begin with a zero, and paths through
 * a member called `__proto__`, `constructor` or `prototype`.
 */
export function applyJsonPatch(document: Json, patch: JsonPatch): Json | undefined {
  let current: Json | undefined = structuredClone(document);
  for (const each of patch) {
    const read = operation.safeParse(each);
    if (!read.success || current === undefined) return undefined;
    current = applyOperation(current, read.data);
  }
  return current;
}

function applyOperation(document: Json, operation: Operation): Json | undefined {
  const { op, path } = operation;
  if (path === '')
    return op === 'replace' ? structuredClone(operation.value) : byLibrary(document, operation);
  if (op === 'move') return move(document, operation);
  if (holderOf(document, path) === undefined) return undefined;
  switch (op) {
    case 'test':
      return test(document, path, operation.value);
    case 'add':
      return byLibrary(document, operation);
    case 'replace':
      if (get(document, path) === undefined) return undefined;
      return byLibrary(document, operation) ?? byLibrary(document, { ...operation, op: 'add' });
    case 'remove':
      return isThere(document, path) ? byLibrary(document, operation) : undefined;
    case 'copy': {
      const value = get(document, operation.from);
      return value === undefined ? undefined : byLibrary(document, { op: 'add', path, value });
    }
  }
}

function test(document: Json, path: string, value: Json): Json | undefined {
  const found = get(document, path);
  if (found === undefined) return undefined;
  if (found === null) return value === null ? document : undefined;
  return byLibrary(document, { op: 'test', path, value });
}

function move(document: Json, { from, path }: { readonly from: string; readonly path: string }) {
  const value = get(document, from);
  const without = applyOperation(document, { op: 'remove', path: from });
  if (value === undefined || without === undefined) return undefined;
  return applyOperation(without, { op: 'add', path, value });
}

function byLibrary(document: Json, operation: LibraryOperation): Json | undefined {
  return applyPatch(document, [operation])[0] === null ? document : undefined;
}

/** What is at a path: null for a member that its object does not have, undefined if not even the object or item is there. */
function get(document: Json, path: string): Json | undefined {
  const holder = holderOf(document, path);
  return member(holder, lastOf(path)) ?? (isJsonObject(holder) ? null : undefined);
}

function isThere(document: Json, path: string): boolean {
  return member(holderOf(document, path), lastOf(path)) !== undefined;
}

/** The object or list whose member a path names. */
function holderOf(document: Json, path: string): Json | undefined {
  const holder = Pointer.fromJSON(path).tokens.slice(1, -1).reduce(member, document);
  return typeof holder === 'object' && holder !== null ? holder : undefined;
}

function lastOf(path: string): string {
  return Pointer.fromJSON(path).tokens.at(-1) ?? '';
}

function member(holder: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(holder)) return isIndex(token) ? holder[Number(token)] : undefined;
  return isJsonObject(holder) && Object.hasOwn(holder, token) ? holder[token] : undefined;
}

/** RFC 6901: digits without a leading zero. */
function isIndex(token: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(token);
}
