import type { Json } from '../../../domain/text/json.ts';
import { canonicalJson, isJsonObject } from '../../../domain/text/json.ts';

/** The value at a JSON Pointer (RFC 6901), or undefined where nothing is. */
export function valueAt(object: Json, pointer: string): Json | undefined {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<Json | undefined>((at, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) return /^\d+$/.test(key) ? at[Number(key)] : undefined;
    return isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, object);
}

/** Equal whatever the order of keys; absent and null are the same, as for a JSON Patch `test` in Kubernetes. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** The same at a place: what is in a variable of a container may be a secret, so that only its name is told. */
export function shownAt(path: string, value: Json | undefined): string {
  const isAbsent = value === undefined || value === null;
  const isVariable = /\/env\/[^/]+\/(value|valueFrom)(\/|$)/.test(path);
  return isVariable && !isAbsent ? 'another value' : shown(value);
}

/** A value in a sentence: scalars as they are, cut at 80 characters; what has parts is not shown. */
function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return 'absent';
  const text = typeof value === 'object' ? 'another value' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
