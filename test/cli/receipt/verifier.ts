import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type Json, type JsonObject } from '../../../src/domain/text/json.ts';

const file = fileURLToPath(new URL('../../../tools/verify-receipt.mjs', import.meta.url));

interface Head {
  readonly seq: number;
  readonly hash: string;
}

interface Checked {
  readonly name: string;
  readonly result: 'ok' | 'FAILS' | 'open';
  readonly sentence: string;
}

interface Verifier {
  readonly check: (receipt: Json, heads: readonly Head[]) => readonly Checked[];
  readonly moves: Readonly<Record<string, readonly string[]>>;
  readonly tiers: Readonly<Record<string, { approvals: number; from: number; to: number }>>;
}

/** The verifier's own parts: it is plain JavaScript, and nothing of the project. */
export const verifier: Verifier = await import(file);

/** Runs it as an auditor does, in a process of its own, far from the project. */
export function verify(receipt: string, folder: string, ...options: readonly string[]) {
  const name = `${folder}/${createHash('sha256').update(receipt).digest('hex')}.json`;
  writeFileSync(name, receipt);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, name, ...options], {
    cwd: folder,
    env: {},
    encoding: 'utf8',
  });
  return { code: status, lines: stdout.split('\n').filter((line) => line !== ''), stderr };
}

export const failing = (checked: readonly Checked[]): readonly string[] =>
  checked.filter(({ result }) => result === 'FAILS').map(({ name }) => name);

/** Every value of a receipt that holds no other, by its path. */
export function* leaves(value: Json, path: readonly string[] = []): Generator<readonly string[]> {
  const parts = Array.isArray(value)
    ? [...value.entries()]
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  if (parts.length === 0) yield path;
  for (const [key, part] of parts) yield* leaves(part, [...path, String(key)]);
}

/** The same with another value at one place. */
export function changedAt(value: Json, [key, ...rest]: readonly string[], change: (is: Json) => Json): Json {
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((each, index) => (String(index) === key ? changedAt(each, rest, change) : each));
  if (!isJsonObject(value)) return value;
  return { ...value, [key]: changedAt(value[key] ?? null, rest, change) };
}

/** Another value of the same kind, so that only what it says tells. */
export function another(is: Json): Json {
  if (typeof is === 'string') return is.endsWith('0') ? `${is.slice(0, -1)}1` : `${is.slice(0, -1)}0`;
  if (typeof is === 'number') return is + 1;
  if (typeof is === 'boolean') return !is;
  return is === null ? 'x' : Array.isArray(is) ? ['x'] : { x: 'x' };
}

/** The same without what is at a place. */
export function without(value: Json, path: readonly string[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (rest.length > 0) {
    const part = Array.isArray(value) ? value[Number(key)] : isJsonObject(value) ? value[key] : undefined;
    return changedAt(value, [key], () => without(part ?? null, rest));
  }
  if (Array.isArray(value)) return value.filter((_, index) => String(index) !== key);
  return isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    : value;
}

export const asObject = (value: Json | undefined): JsonObject =>
  value !== undefined && isJsonObject(value) ? value : {};
