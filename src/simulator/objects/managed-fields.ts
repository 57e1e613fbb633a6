import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { listAt, objectAt, textAt } from '../tree.ts';

/** Who writes, and through which door; the API server's records of the write name both. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly subresource?: 'status' | 'scale';
}

/** Metadata that the server owns: it never counts as anybody's field. */
const serverOwned = [
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'name',
  'namespace',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

/**
 * metadata.managedFields after a write: the writer's entry gains the fields that changed, everybody else loses
 * them (kubernetes.io, "Field management"). An entry made through /scale carries no time, as in a real cluster.
 */
export function managedFields(
  before: JsonObject,
  after: JsonObject,
  writer: Writer,
  time: string,
): JsonObject[] {
  const change = changedFields(ownable(before), ownable(after));
  const entries = listAt(before, 'metadata', 'managedFields');
  if (change === undefined) return entries;
  const own = entries.find((entry) => isOf(entry, writer));
  const others = entries.filter((entry) => !isOf(entry, writer));
  const left = others.map((entry) => ({ ...entry, fieldsV1: without(objectAt(entry, 'fieldsV1'), change) }));
  const fieldsV1 = together(objectAt(own, 'fieldsV1'), change);
  const entry: JsonObject = {
    manager: writer.manager,
    operation: writer.operation,
    apiVersion: textAt(after, 'apiVersion') ?? 'v1',
    ...(writer.subresource === 'scale' ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
  };
  return [...left.filter(({ fieldsV1: fields }) => Object.keys(fields).length > 0), entry];
}

function isOf(entry: JsonObject, writer: Writer): boolean {
  const same = textAt(entry, 'manager') === writer.manager && textAt(entry, 'operation') === writer.operation;
  return same && textAt(entry, 'subresource') === writer.subresource;
}

function ownable(object: JsonObject): JsonObject {
  const metadata = Object.entries(objectAt(object, 'metadata')).filter(([key]) => !serverOwned.includes(key));
  const rest = Object.entries(object).filter(([key]) => !['apiVersion', 'kind', 'metadata'].includes(key));
  return { ...Object.fromEntries(rest), metadata: Object.fromEntries(metadata) };
}

/** The tree of changed and added paths in the FieldsV1 form; undefined when nothing changed. */
function changedFields(before: Json | undefined, after: Json): JsonObject | undefined {
  if (before !== undefined && isDeepStrictEqual(before, after)) return undefined;
  if (isJsonObject(after)) {
    const old = isJsonObject(before) ? before : {};
    const inner = Object.entries(after).map(
      ([key, value]) => [`f:${key}`, changedFields(old[key], value)] as const,
    );
    return treeOf(inner);
  }
  if (Array.isArray(after)) return changedItems(Array.isArray(before) ? before : [], after);
  return {};
}

/** Lists of named items (containers, env) are owned item by item, others whole. */
function changedItems(before: readonly Json[], after: readonly Json[]): JsonObject {
  const nameOf = (item: Json) => textAt(item, 'name');
  if (after.length === 0 || after.some((item) => nameOf(item) === undefined)) return {};
  const inner = after.map((item) => {
    const old = before.find((each) => nameOf(each) === nameOf(item));
    return [`k:{"name":${JSON.stringify(nameOf(item))}}`, changedFields(old, item)] as const;
  });
  return treeOf(inner);
}

function treeOf(entries: readonly (readonly [string, JsonObject | undefined])[]): JsonObject {
  const tree: JsonObject = {};
  for (const [key, inner] of entries) if (inner !== undefined) tree[key] = inner;
  return tree;
}

function together(left: JsonObject, right: JsonObject): JsonObject {
  const merged = { ...left };
  for (const [key, inner] of Object.entries(right))
    merged[key] = together(objectAt(merged, key), objectAt(inner));
  return merged;
}

function without(fields: JsonObject, taken: JsonObject): JsonObject {
  const left: JsonObject = {};
  for (const [key, inner] of Object.entries(fields)) {
    if (!Object.hasOwn(taken, key)) left[key] = inner;
    else {
      const rest = without(objectAt(inner), objectAt(taken, key));
      if (Object.keys(rest).length > 0) left[key] = rest;
    }
  }
  return left;
}
