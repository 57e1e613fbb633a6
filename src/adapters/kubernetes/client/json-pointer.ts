import type { Json } from '../../../domain/text/json.ts';
import { canonicalJson, isJsonObject } from '../../../domain/text/json.ts';
import { jsonPointer, partsOf } from '../../../domain/text/json-pointer.ts';

/** The value at a JSON Pointer (RFC 6901), or undefined where nothing is. */
export function valueAt(object: Json, pointer: string): Json | undefined {
  return partsOf(pointer).reduce<Json | undefined>((at, key) => {
    if (Array.isArray(at)) return /^\d+$/.test(key) ? at[Number(key)] : undefined;
    return isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, object);
}

/** Equal whatever the order of keys; absent and null are the same, as for a JSON Patch `test` in Kubernetes. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/**
 * How people read a place: `spec.template.spec.containers[web].image`, `metadata.labels["tier"]`. An entry of a list has
 * the name that `object` gives it, else its index.
 */
export function fieldNameOf(object: Json, pointer: string): string {
  let at: Json | undefined = object;
  let name = '';
  for (const key of partsOf(pointer)) {
    const next: Json | undefined = valueAt(at ?? null, jsonPointer(key));
    name = Array.isArray(at) ? `${name}[${entryName(next) ?? key}]` : named(name, key);
    at = next;
  }
  return name;
}

function entryName(entry: Json | undefined): string | undefined {
  const name = isJsonObject(entry) ? entry['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** A key of a map of texts may hold dots and slashes. */
function named(path: string, key: string): string {
  if (/\.(labels|annotations)$/.test(path)) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Fields whose texts are words of Kubernetes, quantities or images, which every card shows. */
const harmless = /\/(?:image|type|concurrencyPolicy|maxSurge|maxUnavailable)$|\/(?:limits|requests)\//;

/**
 * A value in a sentence: numbers, switches and what is harmless as they are; any other text may be a secret, and who wrote
 * it did not write it for a chat.
 */
export function shownAt(pointer: string, value: Json | undefined): string {
  if (value === undefined || value === null) return 'absent';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && harmless.test(pointer)) return value;
  return 'another value';
}
