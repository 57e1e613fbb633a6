import { z } from 'zod';

/** Any JSON value: raw Kubernetes objects and patches, kept byte-faithful for snapshots and inverses. */
export const json = z.json();
export type Json = z.infer<typeof json>;
export type JsonObject = { [key: string]: Json };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A domain value as plain JSON: keys whose value is undefined are left out, as JSON.stringify does. */
export function asJson(value: object): Json {
  return json.parse(JSON.parse(JSON.stringify(value)));
}

/**
 * One text for one value, whatever the order in which keys were inserted: object keys sorted by UTF-16
 * code unit, no spaces. Values that differ only in key order have the same digest.
 * After RFC 8785 (JSON Canonicalization Scheme), whose number and string forms are those of JSON.stringify.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** One place in which two values differ; `was` and `is` are canonical JSON, `null` where nothing is. */
export interface LeafChange {
  readonly path: string;
  /** The same path, key by key: keys may hold dots. */
  readonly keys: readonly string[];
  readonly was: string;
  readonly is: string;
}

/** Every leaf that differs between two values, in the order of the paths; a list counts as one leaf. */
export function changedLeaves(before: Json, after: Json, at: readonly string[] = []): LeafChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => changedLeaves(before[key] ?? null, after[key] ?? null, [...at, key]));
  }
  const [was, is] = [canonicalJson(before), canonicalJson(after)];
  return was === is ? [] : [{ path: at.join('.'), keys: at, was, is }];
}

/** The same, one line each: `freezes.0.tier: "human" -> "dual"`. */
export function leafChanges(before: Json, after: Json): string[] {
  return changedLeaves(before, after).map(({ path, was, is }) => `${path}: ${was} -> ${is}`);
}
