import type { TargetKind } from '../../../domain/action.ts';
import { partsOf } from '../../../domain/text/json-pointer.ts';
import { either, quoted } from '../../grammar/display.ts';
import type { Flag } from '../../grammar/flag.ts';
import { badPatch, type Change, type PatchLeafOf } from '../../grammar/patch-leaf.ts';
import type { Objection, Span } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import { badValue } from '../../grammar/values.ts';
import { spanIn, type Word } from '../../grammar/word.ts';
import type { JsonEntry, JsonNode } from './json.ts';
import { isFault, readJson } from './json.ts';
import { type Meaning, meaningOfPatch } from './meaning.ts';

const TYPES = ['strategic', 'merge', 'json'] as const;
type PatchType = (typeof TYPES)[number];

/** The lists that a strategic merge patch merges by the name of each element (API reference, patchMergeKey). */
const CONTAINER_LISTS = ['spec.template.spec.containers', 'spec.template.spec.initContainers'];

/** A patch with its type, and what leaves may be in it. */
interface WrittenPatch {
  readonly patch: Flag;
  readonly type: Flag | undefined;
  readonly leaves: readonly PatchLeafOf[];
}

/**
 * Reads a patch of one kind of object as the one change that it means. Only JSON is read, and only fields that this
 * set of actions has: the patch itself is never sent on.
 */
export function readPatch(
  kind: TargetKind,
  { patch, type: typeFlag, leaves }: WrittenPatch,
): Meaning | Objection {
  const type = readType(typeFlag);
  if (typeof type !== 'string') return type;
  const { value: word } = patch;
  if (word === undefined || word.text === '') return badValue(patch, 'a patch in JSON, in single quotes');
  const node = readJson(word.text);
  if (isFault(node)) return notJson(word, node);
  const changes = type === 'json' ? operations(word, node) : merged(word, node, type);
  if (isObjection(changes)) return changes;
  return meaningOfPatch(kind, changes, { start: word.start, end: word.end }, leaves);
}

function readType(flag: Flag | undefined): PatchType | Objection {
  if (flag === undefined) return 'strategic';
  const type = TYPES.find((each) => each === flag.value?.text.toLowerCase());
  return type ?? badValue(flag, either(TYPES));
}

function notJson(
  word: Word,
  { from, to, expected }: { from: number; to: number; expected: string },
): Objection {
  const isYaml = from === 0 && /^[A-Za-z-]/.test(word.text);
  const reason = isYaml
    ? 'A patch is read as JSON; YAML is not.'
    : `The patch is not JSON: ${expected} was expected here.`;
  return { code: 'bad-patch', reason, span: spanIn(word, from, to) };
}

/** The leaves of a merge patch; null takes a field away (RFC 7386). */
function merged(word: Word, node: JsonNode, type: PatchType): readonly Change[] | Objection {
  if (node.kind !== 'object') {
    const reason = 'A patch of this type is a JSON object; a list of operations needs --type=json.';
    return badPatch(spanIn(word, node.from, node.to), reason);
  }
  const changes: Change[] = [];
  const objection = descend(node, []);
  return objection ?? changes;

  function descend(object: JsonNode & { kind: 'object' }, path: readonly string[]): Objection | undefined {
    for (const { key, from, value } of object.entries) {
      const deeper = [...path, key];
      const span = spanIn(word, from, value.to);
      const found =
        value.kind === 'object'
          ? descend(value, deeper)
          : value.kind === 'array'
            ? list(value, deeper, span)
            : undefined;
      if (found) return found;
      if (value.kind === 'scalar')
        changes.push({
          path: deeper,
          value: value.value,
          span,
          valueSpan: spanIn(word, value.from, value.to),
        });
    }
    return undefined;
  }

  /** Only containers are told apart by name; any other list is taken as a whole, which no field here is. */
  function list(
    array: JsonNode & { kind: 'array' },
    path: readonly string[],
    span: Span,
  ): Objection | undefined {
    if (type === 'merge' || !CONTAINER_LISTS.includes(path.join('.'))) {
      changes.push({ path, value: undefined, span, valueSpan: span });
      return undefined;
    }
    for (const item of array.items) {
      const image = containerImage(word, item, path);
      if (isObjection(image)) return image;
      changes.push(image);
    }
    return undefined;
  }
}

/** `{"name":"app","image":"..."}`, an element of a strategic merge of containers. */
function containerImage(word: Word, item: JsonNode, path: readonly string[]): Change | Objection {
  const whole = spanIn(word, item.from, item.to);
  const entries = item.kind === 'object' ? item.entries : [];
  const name = textOf(entries.find(({ key }) => key === 'name'));
  const image = entries.find(({ key }) => key === 'image');
  const other = entries.find(({ key }) => key !== 'name' && key !== 'image');
  if (name === undefined)
    return badPatch(whole, 'A container is patched by its name: {"name":"...","image":"..."}.');
  if (other) {
    const reason = `Of a container only the image can be patched, not ${quoted(other.key)}; there are "set env" and "set resources".`;
    return badPatch(spanIn(word, other.from, other.value.to), reason);
  }
  const value = textOf(image);
  if (image === undefined || value === undefined)
    return badPatch(whole, `The container ${quoted(name)} needs an image.`);
  const valueSpan = spanIn(word, image.value.from, image.value.to);
  return { path, container: name, value, span: whole, valueSpan };
}

function textOf(entry: JsonEntry | undefined): string | undefined {
  return entry?.value.kind === 'scalar' && typeof entry.value.value === 'string'
    ? entry.value.value
    : undefined;
}

const OPERATIONS = ['add', 'replace', 'remove', 'test'] as const;

/** The operations of a JSON patch (RFC 6902). Move and copy are left out: they change two places. */
function operations(word: Word, node: JsonNode): readonly Change[] | Objection {
  if (node.kind !== 'array') {
    const reason = 'A patch of type json is a list: [{"op":"replace","path":"/spec/replicas","value":3}].';
    return badPatch(spanIn(word, node.from, node.to), reason);
  }
  const changes: Change[] = [];
  for (const item of node.items) {
    const change = operation(word, item);
    if (isObjection(change)) return change;
    changes.push(change);
  }
  return changes;
}

function operation(word: Word, item: JsonNode): Change | Objection {
  const span = spanIn(word, item.from, item.to);
  const entries = item.kind === 'object' ? item.entries : [];
  const of = (wanted: string) => entries.find(({ key }) => key === wanted);
  const op = OPERATIONS.find((each) => each === textOf(of('op')));
  const pointer = textOf(of('path'));
  if (op === undefined) return badPatch(span, `An operation here is one of ${either(OPERATIONS)}.`);
  if (!pointer?.startsWith('/')) return badPatch(span, 'An operation needs a path such as "/spec/replicas".');
  const other = entries.find(({ key }) => !['op', 'path', 'value'].includes(key));
  if (other)
    return badPatch(
      spanIn(word, other.from, other.value.to),
      `${quoted(other.key)} has no meaning in this operation.`,
    );
  const path = partsOf(pointer);
  if (op === 'remove') return { path, value: null, span, valueSpan: span };
  const value = of('value')?.value;
  if (value === undefined) return badPatch(span, `An operation "${op}" needs a value.`);
  const valueSpan = spanIn(word, value.from, value.to);
  const scalar = value.kind === 'scalar' ? value.value : undefined;
  return { path, value: scalar, span, valueSpan, ...(op === 'test' ? { test: true } : {}) };
}
