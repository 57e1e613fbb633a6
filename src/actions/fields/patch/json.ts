/** A value of a JSON text with its place in it: [from, to). */
export type JsonNode = {
  readonly from: number;
  readonly to: number;
} & (
  | { readonly kind: 'object'; readonly entries: readonly JsonEntry[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
);

export interface JsonEntry {
  readonly key: string;
  /** From the key's opening quote to the end of the value. */
  readonly from: number;
  readonly value: JsonNode;
}

/** Where a text stops to be JSON, and what was expected there. */
export interface JsonFault {
  readonly from: number;
  readonly to: number;
  readonly expected: string;
}

/** No object of Kubernetes that can be patched here is deeper; deeper text only costs stack. */
const DEEPEST = 20;

/**
 * Reads JSON as RFC 8259 has it, and a key that is there twice is a fault: which of the two counts is nobody's choice.
 * Keeps the places, so that a caret can stand under a field. Linear in the text.
 */
export function readJson(text: string): JsonNode | JsonFault {
  const cursor = { text, at: 0 };
  skipBlanks(cursor);
  const node = readValue(cursor, DEEPEST);
  if (isFault(node)) return node;
  skipBlanks(cursor);
  return cursor.at < text.length ? faultAt(cursor, 'the end of the JSON text') : node;
}

export function isFault(node: JsonNode | JsonEntry | JsonFault): node is JsonFault {
  return 'expected' in node;
}

interface Cursor {
  readonly text: string;
  at: number;
}

function readValue(cursor: Cursor, depth: number): JsonNode | JsonFault {
  if (depth === 0) return faultAt(cursor, `at most ${DEEPEST} levels of nesting`);
  const sign = cursor.text[cursor.at];
  if (sign === '{') return readObject(cursor, depth);
  if (sign === '[') return readArray(cursor, depth);
  return readScalar(cursor);
}

function readObject(cursor: Cursor, depth: number): JsonNode | JsonFault {
  const from = cursor.at;
  const entries: JsonEntry[] = [];
  const keys = new Set<string>();
  const fault = readList(cursor, '}', () => {
    const entry = readEntry(cursor, depth);
    if (isFault(entry)) return entry;
    if (keys.has(entry.key)) return { from: entry.from, to: entry.value.to, expected: 'each key only once' };
    keys.add(entry.key);
    entries.push(entry);
    return undefined;
  });
  return fault ?? { kind: 'object', entries, from, to: cursor.at };
}

function readArray(cursor: Cursor, depth: number): JsonNode | JsonFault {
  const from = cursor.at;
  const items: JsonNode[] = [];
  const fault = readList(cursor, ']', () => {
    const item = readValue(cursor, depth - 1);
    if (isFault(item)) return item;
    items.push(item);
    return undefined;
  });
  return fault ?? { kind: 'array', items, from, to: cursor.at };
}

/** What stands between an opening sign and `closing`, separated by commas; the cursor ends behind it. */
function readList(
  cursor: Cursor,
  closing: string,
  readOne: () => JsonFault | undefined,
): JsonFault | undefined {
  cursor.at += 1;
  skipBlanks(cursor);
  if (took(cursor, closing)) return undefined;
  for (;;) {
    const fault = readOne();
    if (fault) return fault;
    skipBlanks(cursor);
    if (took(cursor, closing)) return undefined;
    if (!took(cursor, ',')) return faultAt(cursor, `"," or "${closing}"`);
    skipBlanks(cursor);
  }
}

function readEntry(cursor: Cursor, depth: number): JsonEntry | JsonFault {
  const from = cursor.at;
  const key = cursor.text[from] === '"' ? readScalar(cursor) : faultAt(cursor, 'a key in double quotes');
  if (isFault(key)) return key;
  skipBlanks(cursor);
  if (!took(cursor, ':')) return faultAt(cursor, '":"');
  skipBlanks(cursor);
  const value = readValue(cursor, depth - 1);
  return isFault(value) ? value : { key: key.kind === 'scalar' ? String(key.value) : '', from, value };
}

/** A string, a number, true, false or null, each in exactly JSON's form; a word of a command holds only ASCII. */
const SCALAR =
  /"(?:[ !#-[\]-~]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y;

function readScalar(cursor: Cursor): JsonNode | JsonFault {
  const from = cursor.at;
  SCALAR.lastIndex = from;
  const token = SCALAR.exec(cursor.text)?.[0];
  if (token === undefined)
    return faultAt(cursor, cursor.text[from] === '"' ? 'a string that ends' : 'a value');
  cursor.at += token.length;
  return { kind: 'scalar', value: scalarOf(token), from, to: cursor.at };
}

function scalarOf(token: string): string | number | boolean | null {
  const value: unknown = JSON.parse(token);
  // JSON has a negative zero, which is printed as 0.
  if (typeof value === 'number') return value === 0 ? 0 : value;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function skipBlanks(cursor: Cursor): void {
  while (' \t\n\r'.includes(cursor.text[cursor.at] ?? 'x')) cursor.at += 1;
}

function took(cursor: Cursor, sign: string): boolean {
  const found = cursor.text[cursor.at] === sign;
  if (found) cursor.at += 1;
  return found;
}

function faultAt({ text, at }: Cursor, expected: string): JsonFault {
  return { from: at, to: Math.min(at + 1, text.length), expected };
}
