import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import { z } from 'zod';
import { nearestWord } from '../domain/text/nearest.ts';
import { sentenceFor } from './sentence.ts';

/** Bytes; a policy is a page or two. Larger files are a mistake or an attack. */
const largestFile = 1024 * 1024;

/** Uses of anchors, and what they make of the document; nobody needs more, and nested ones grow without end. */
const mostAliases = 20;

export type Loaded<T> =
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

const refused = (...problems: string[]) => ({ kind: 'refused', problems }) as const;

/**
 * Reads one YAML document strictly: duplicate keys, wrong types and unknown keys are problems, each with
 * `file:line:column`, the path in the document, and what would be right. Aliases are bounded.
 */
export function readStrictYaml<T>(file: string, text: string, schema: z.ZodType<T>): Loaded<T> {
  if (Buffer.byteLength(text) > largestFile) return refused(`${file}: larger than ${largestFile} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0)
    return refused(...broken.map((problem) => `${place(problem.pos[0])}: ${sentenceOf(problem)}`));
  const plain = toPlain(document);
  if (plain.kind === 'refused') return refused(`${file}: ${plain.reason}`);
  const parsed = schema.safeParse(plain.value, { error: sentenceFor });
  if (parsed.success) return { kind: 'loaded', value: parsed.data };
  return refused(
    ...parsed.error.issues
      .flatMap((issue) => faultsOf(issue, schema))
      .map(({ path, at, message, first }) => {
        const where = place(at === undefined ? valueOffset(document, path) : keyOffset(document, path, at));
        const other =
          first === undefined
            ? ''
            : ` (the first is in line ${lines.linePos(valueOffset(document, first)).line})`;
        return `${where}: ${path.length === 0 ? 'the document' : path.join('.')}: ${message}${other}`;
      }),
  );
}

/** The parser tells programmers what to call instead. */
const sentenceOf = ({ code, message }: YAMLParseError | YAMLWarning): string =>
  code === 'MULTIPLE_DOCS' ? 'a second document begins here ("---"); a file has one' : message;

/** What is wrong where. `at` is the key it is about, when that is not a value but a key. */
interface Fault {
  readonly path: readonly string[];
  readonly at?: string;
  readonly message: string;
  /** Where the other one stands, of two that cannot both be. */
  readonly first?: readonly string[];
}

/** What a check says of two values that cannot both be, beside its sentence. */
const pair = z.object({ first: z.array(z.union([z.string(), z.number()])) });

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): Fault[] {
  const path = issue.path.map(String);
  const meant = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (meant !== undefined)
    return meant.flatMap((each) => faultsOf({ ...each, path: [...issue.path, ...each.path] }, schema));
  if (issue.code === 'invalid_key') {
    const [at = ''] = path.slice(-1);
    return issue.issues.map(({ message }) => ({
      path: path.slice(0, -1),
      at,
      message: `"${at}" ${message}`,
    }));
  }
  const other = issue.code === 'custom' ? pair.safeParse(issue.params).data : undefined;
  if (other !== undefined) return [{ path, message: issue.message, first: other.first.map(String) }];
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const known = keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), path);
  return issue.keys.map((key) => ({ path, at: key, message: `unknown key "${key}"${advice(key, known)}` }));
}

/** Of what may be one thing or another, what is wrong with the one that it is by its shape; undefined where it is neither. */
function meantBranch({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const without = (...codes: readonly string[]) =>
    errors.filter((branch) => !branch.some(({ code, path }) => path.length === 0 && codes.includes(code)));
  const [fitting, alike] = [without('invalid_type', 'invalid_value'), without('invalid_type')];
  if (fitting.length === 1) return fitting[0];
  return fitting.length === 0 && alike.length === 1 ? alike[0] : undefined;
}

/** Keys beyond this many are a table, not a hint. */
const mostListed = 12;

/** The key that was probably meant, else those there are. */
function advice(key: string, known: readonly string[]): string {
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  const nearest = lower.get(nearestWord(key.toLowerCase(), [...lower.keys()]) ?? '');
  if (nearest !== undefined) return `; did you mean "${nearest}"?`;
  if (known.length === 0) return '';
  const more = known.length > mostListed ? ', ...' : '';
  return `; there are ${known.slice(0, mostListed).join(', ')}${more}`;
}

/** The part of JSON Schema that says which keys a map may have. */
const keyed = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

/** The keys that the map at `path` may have, by the schema's own description of itself; none if it has no fixed ones. */
function keysAt(schema: unknown, path: readonly string[]): readonly string[] {
  const parsed = keyed.safeParse(schema);
  if (!parsed.success) return [];
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = parsed.data;
  const [step, ...rest] = path;
  const own =
    step === undefined
      ? Object.keys(properties)
      : keysAt(Object.hasOwn(properties, step) ? properties[step] : (items ?? additionalProperties), rest);
  return [...new Set([...own, ...[...anyOf, ...oneOf].flatMap((branch) => keysAt(branch, path))])];
}

/** An alias bomb, or an alias without its anchor, makes the conversion throw. */
function toPlain(
  document: Document,
): { kind: 'plain'; value: unknown } | { kind: 'refused'; reason: string } {
  try {
    return { kind: 'plain', value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return { kind: 'refused', reason: `its aliases (*name) cannot be resolved: ${reason}` };
  }
}

/** `file:line:column` of a value of a document that could be read. */
export function placeIn(file: string, text: string, path: readonly string[]): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const { line, col } = lines.linePos(valueOffset(document, path));
  return `${file}:${line}:${col}`;
}

/** Where the value at `path` begins; of a value that is missing, where the nearest thing around it begins. */
function valueOffset(document: Document, path: readonly string[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Where a key of the map at `path` begins; its value may be lines further down. */
function keyOffset(document: Document, path: readonly string[], key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  const found = isMap(map)
    ? map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
    : undefined;
  return isScalar(found?.key) && found.key.range ? found.key.range[0] : valueOffset(document, [...path, key]);
}
