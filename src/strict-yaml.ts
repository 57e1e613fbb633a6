import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Bytes; a policy is a page or two. Larger files are a mistake or an attack. */
const largestFile = 1024 * 1024;

export type Loaded<T> =
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * Reads one YAML document strictly: duplicate keys, wrong types and unknown keys are problems, each with
 * `file:line:column`, the path in the document, and what would be right. Aliases are bounded by the parser.
 */
export function readStrictYaml<T>(file: string, text: string, schema: z.ZodType<T>): Loaded<T> {
  if (text.length > largestFile)
    return { kind: 'refused', problems: [`${file}: larger than ${largestFile} bytes`] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return {
      kind: 'refused',
      problems: broken.map((problem) => `${place(problem.pos[0])}: ${problem.message}`),
    };
  }
  const parsed = schema.safeParse(toPlain(document));
  if (parsed.success) return { kind: 'loaded', value: parsed.data };
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String);
    const where = place(
      offsetOf(document, issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path),
    );
    return `${where}: ${path.length === 0 ? 'the document' : path.join('.')}: ${issue.message}`;
  });
  return { kind: 'refused', problems };
}

/** An alias bomb makes the conversion throw; the schema then refuses the undefined it gets instead. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    return undefined;
  }
}

/** Where the value at `path` begins; of a value that is missing, where the nearest thing around it begins. */
function offsetOf(document: Document, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    const range = rangeOf(node);
    if (range !== undefined) return range;
  }
  return rangeOf(document.contents) ?? 0;
}

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined;
}
