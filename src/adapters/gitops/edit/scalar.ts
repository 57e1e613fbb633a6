import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import { changedPaths } from './differences.ts';
import { parseDocuments } from './documents.ts';
import { type Place, type Step, shown } from './place.ts';
import { type Value, written } from './written.ts';

/** `line` counts from 1; `before` and `after` are that line, without its end. */
export type Edited =
  | {
      readonly kind: 'edited';
      readonly text: string;
      readonly line: number;
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: 'already'; readonly line: number }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Replaces the bytes of one plain value of a YAML or JSON file and leaves all others as they are: comments, blank lines,
 * quotes and line ends stay, because nothing is serialised anew. The result is parsed again, as YAML 1.2 and as YAML 1.1,
 * which is what Kubernetes reads (sigs.k8s.io/yaml), and must differ from what was there in that value alone.
 * @returns the new text; that the value is there already; or why it cannot be replaced, as words for a person
 */
export function replaceValue(text: string, place: Place, value: Value): Edited {
  const parsed = parseDocuments(text);
  if (parsed.kind === 'refused') return parsed;
  const document = parsed.documents[place.document];
  if (document === undefined) return refused(`it has no document ${place.document + 1}`);
  const found = scalarAt(document, place.path, text);
  if (found.kind === 'refused') return found;
  const { scalar, range } = found;
  const line = text.slice(0, range[0]).split('\n').length;
  if (isThere(scalar, value, text, place)) return { kind: 'already', line };
  const token = written(value, scalar, { source: text.slice(...range), isJson: isJson(text) });
  if (token === undefined) return refused(`${shown(place.path)} cannot hold that value on one line`);
  const result = text.slice(0, range[0]) + token + text.slice(range[1]);
  const flaw = flawOf(text, result, place, value);
  if (flaw !== undefined) return refused(flaw);
  return { kind: 'edited', text: result, line, before: lineAt(text, line), after: lineAt(result, line) };
}

type Found =
  | { readonly kind: 'found'; readonly scalar: Scalar.Parsed; readonly range: readonly [number, number] }
  | { readonly kind: 'refused'; readonly reason: string };

function scalarAt(document: Document.Parsed, path: readonly Step[], text: string): Found {
  let node: unknown = document.contents;
  for (const [depth, step] of path.entries()) {
    const shared = sharedBy(node, path.slice(0, depth));
    if (shared !== undefined) return refused(shared);
    node = child(node, step);
    if (node === undefined) return refused(absent(document, path, depth, text));
  }
  return plain(node, path, text);
}

function child(node: unknown, step: Step): unknown {
  if (typeof step === 'number') return isSeq(node) ? (node.items[step] ?? undefined) : undefined;
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && key.value === step)?.value ?? undefined;
}

function absent(document: Document.Parsed, path: readonly Step[], depth: number, text: string): string {
  const at = shown(path.slice(0, depth + 1));
  const parent = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
  if (isMap(parent) && parent.items.some(({ key }) => isScalar(key) && key.value === '<<'))
    return `${at} comes from another place of the file by a merge key (<<)`;
  if (isScalar(parent) && typeof parent.value === 'string')
    return `${shown(path.slice(0, depth))} is one text, of which no part is changed by itself`;
  if (template(sliceOf(parent, text)) !== undefined) return `${at} is made by a template`;
  return `${at} is not set there`;
}

/** Why a change below this node would be seen in other places of the file as well. */
function sharedBy(node: unknown, path: readonly Step[]): string | undefined {
  const at = shown(path);
  if (isAlias(node)) return `${at} is an alias (*${node.source}) of what stands elsewhere in the file`;
  if ((isMap(node) || isSeq(node)) && node.anchor !== undefined)
    return `${at} has an anchor (&${node.anchor}), by which other places of the file share it`;
  return undefined;
}

function plain(node: unknown, path: readonly Step[], text: string): Found {
  const at = shown(path);
  if (isAlias(node))
    return refused(`${at} is an alias (*${node.source}) of what stands elsewhere in the file`);
  const source = sliceOf(node, text);
  const made = template(source);
  if (made !== undefined) return refused(`${at} is made by a template (${made})`);
  if (!isParsedScalar(node)) return refused(`${at} is not one plain value`);
  if (node.anchor !== undefined)
    return refused(`${at} has an anchor (&${node.anchor}), by which other places of the file share it`);
  if (node.tag !== undefined) return refused(`${at} has a tag (${node.tag})`);
  const [start, end] = node.range;
  if (start === end) return refused(`${at} is empty`);
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' || source.includes('\n'))
    return refused(`${at} stands on several lines`);
  return { kind: 'found', scalar: node, range: [start, end] };
}

const isParsedScalar = (node: unknown): node is Scalar.Parsed =>
  isScalar(node) && Array.isArray(node.range) && typeof node.source === 'string';

function sliceOf(node: unknown, text: string): string {
  const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
  return range ? text.slice(range[0], range[1]) : '';
}

/** Helm and Jinja write `{{ }}`, Flux' post-build substitution and envsubst `${ }`. */
function template(source: string): string | undefined {
  return ['{{', '{%', '${'].find((mark) => source.includes(mark));
}

/**
 * As Kubernetes reads it: `suspend: yes` is true, and `replicas: 010` is 8. A number may be written without quotes where a text
 * is meant (`newTag: 1.20`): then its spelling is what counts.
 */
function isThere(scalar: Scalar.Parsed, value: Value, text: string, { document, path }: Place): boolean {
  const parsed = parseDocuments(text, '1.1');
  const read = parsed.kind === 'documents' ? parsed.documents[document]?.getIn(path) : undefined;
  if (typeof read === typeof value) return read === value;
  return scalar.value === value || (typeof value === 'string' && scalar.source === value);
}

function flawOf(before: string, after: string, place: Place, value: Value): string | undefined {
  for (const version of ['1.2', '1.1'] as const) {
    const old = parseDocuments(before, version);
    const now = parseDocuments(after, version);
    if (old.kind === 'refused') return old.reason;
    if (now.kind === 'refused') return 'the changed file could not be read';
    const changed = changedPaths(
      old.documents.map((document) => readValue(document)),
      now.documents.map((document) => readValue(document)),
    );
    // What differs for Kubernetes may be the same for whoever reads it by the other version.
    if (changed.length === 0 && old.documents[place.document]?.getIn(place.path) === value) continue;
    const [only, ...others] = changed;
    const wanted = [place.document, ...place.path];
    if (only === undefined || others.length > 0 || !isEqualPath(only.path, wanted))
      return 'the change would be seen in other places of the file as well';
    if (String(only.now) !== String(value)) return `it would be read as ${String(only.now)}`;
  }
  return undefined;
}

const readValue = (document: Document.Parsed<ParsedNode>): unknown => document.toJS({ maxAliasCount: 100 });

const isEqualPath = (a: readonly Step[], b: readonly Step[]) =>
  a.length === b.length && a.every((step, index) => step === b[index]);

/** Whoever reads it as JSON takes no bare words, though YAML does (RFC 8259). */
function isJson(text: string): boolean {
  if (!/^\ufeff?\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text.replace(/^\ufeff/, ''));
    return true;
  } catch {
    return false;
  }
}

const lineAt = (text: string, line: number): string => (text.split('\n')[line - 1] ?? '').replace(/\r$/, '');

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
