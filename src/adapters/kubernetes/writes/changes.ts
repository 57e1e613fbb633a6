import type { Call, FieldChange } from '../../../domain/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../domain/text/json.ts';
import { redact } from '../../../domain/text/redact.ts';
import { sameValue } from '../client/json-pointer.ts';
import { patched } from './patched.ts';

/** What differs between an object as it is and as it would be, and what of it the call does not say. */
interface Compared {
  readonly name: string;
  readonly now: Json | undefined;
  readonly next: Json | undefined;
  readonly foreign: boolean;
}

/** What moves by itself, and what says nothing to people. */
const ignored = new Set([
  'status',
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.uid',
  'metadata.annotations["deployment.kubernetes.io/revision"]',
  // The API server counts a DaemonSet's templates in it (kubernetes/pkg/apis/apps/v1/conversion.go).
  'metadata.annotations["deprecated.daemonset.template.generation"]',
]);

/**
 * Field by field what a call would change, in texts that may be shown: of texts only those that the action itself
 * writes, and those that can hold no secret. `foreign` is what somebody else at the API server's door would change.
 */
export function changesBetween(call: Call, live: Json, next: Json): FieldChange[] {
  const expected = patched(live, call);
  if (expected === undefined) return [];
  const own = ownTexts(call);
  const rows = compare('', live, next, expected).map(({ name, now, next: then, foreign }): FieldChange => {
    const row = { field: shortened(name), now: shown(name, now, own), next: shown(name, then, own) };
    return foreign ? { ...row, foreign } : row;
  });
  return together(rows);
}

/** The same between an object as it is and as it was written and verified. */
export function differencesFrom(call: Call, live: Json, verified: Json): FieldChange[] {
  const own = ownTexts(call);
  const rows = compare('', live, verified, verified).map(({ name, now, next }): FieldChange => {
    return { field: shortened(name), now: shown(name, now, own), next: shown(name, next, own) };
  });
  return together(rows);
}

function compare(
  name: string,
  now: Json | undefined,
  next: Json | undefined,
  expected: Json | undefined,
): Compared[] {
  if (ignored.has(name) || sameValue(now, next)) return [];
  const parts = partsOf(name, now, next, expected);
  if (parts === undefined) return [{ name, now, next, foreign: !sameValue(next, expected) }];
  return parts.flatMap((part) => compare(part.name, part.now, part.next, part.expected));
}

type Part = Omit<Compared, 'foreign'> & { readonly expected: Json | undefined };

/** The parts of two objects by key, and of two lists by the names of their entries; undefined for what is one value. */
function partsOf(
  name: string,
  now: Json | undefined,
  next: Json | undefined,
  expected: Json | undefined,
): Part[] | undefined {
  const [was, will] = [mapAt(name, now), mapAt(name, next)];
  if (was !== undefined && will !== undefined) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(will)])].sort();
    const there = isJsonObject(expected) ? expected : {};
    return keys.map((key) => ({
      name: joined(name, key),
      now: was[key],
      next: will[key],
      expected: there[key],
    }));
  }
  const [before, after, wanted] = [byName(now), byName(next), byName(expected)];
  if (before === undefined || after === undefined) return undefined;
  return [...new Set([...before.keys(), ...after.keys()])].map((key) => ({
    name: `${name}[${key}]`,
    now: before.get(key),
    next: after.get(key),
    expected: wanted?.get(key),
  }));
}

/**
 * A map of fields; one that is not there is an empty one, so that all that comes or goes is told. A variable or a taint,
 * and whatever of a list comes or goes, is told as one thing.
 */
function mapAt(name: string, value: Json | undefined): JsonObject | undefined {
  if (/\.(env|taints)\[[^\]]*\]$/.test(name)) return undefined;
  if (value === undefined || value === null) return name.endsWith(']') ? undefined : {};
  return isJsonObject(value) ? value : undefined;
}

function joined(name: string, key: string): string {
  if (/(?:^|\.)(?:labels|annotations)$/.test(name)) return `${name}["${key}"]`;
  return name === '' ? key : `${name}.${key}`;
}

/** A list whose entries have names of their own, each once; what is not there is an empty one. */
function byName(list: Json | undefined): ReadonlyMap<string, Json> | undefined {
  if (list === undefined || list === null) return new Map();
  if (!Array.isArray(list)) return undefined;
  const names = list.map(nameOf);
  if (names.includes(undefined) || new Set(names).size < names.length) return undefined;
  return new Map(list.map((entry, at) => [names[at] ?? '', entry]));
}

/** A container's or a variable's name, a taint's key and effect. */
function nameOf(entry: Json): string | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { name, key, effect } = entry;
  if (typeof name === 'string') return name;
  return typeof key === 'string' && typeof effect === 'string' ? `${key}:${effect}` : undefined;
}

const shortened = (name: string): string =>
  name.replace(/^spec\.template\.spec\./, '').replace(/^spec\.template\./, 'template.');

/** Places whose values an action gives one by one; a whole template, as an undo writes it, is not its own. */
const ownPlaces = /\/(?:env(?:\/[^/]+)?|labels|annotations|limits|requests|taints(?:\/[^/]+)?)$/;

/** Every text that the action gives itself. */
function ownTexts(call: Call): ReadonlySet<string> {
  const found = new Set<string>();
  for (const operation of call.kind === 'patch' ? call.operations : []) {
    if (operation.op === 'test' || operation.op === 'remove') continue;
    if (typeof operation.value === 'string' || ownPlaces.test(operation.path))
      collect(operation.value, found);
  }
  return found;
}

function collect(value: Json, found: Set<string>): void {
  if (typeof value === 'string') found.add(value);
  for (const part of Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [])
    collect(part, found);
}

const notShown = '(not shown)';

/** Fields whose texts are words of Kubernetes, names, quantities or images. */
const harmless =
  /(?:^|\.)(?:image|type|schedule|timeZone|serviceAccountName|nodeName|priorityClassName|effect|key|[a-zA-Z]*Policy|maxSurge|maxUnavailable)$|(?:limits|requests)\.[^.]+$|labels\["/;

function shown(name: string, value: Json | undefined, own: ReadonlySet<string>): string {
  if (value === undefined || value === null) return 'absent';
  if (name.endsWith('["kubectl.kubernetes.io/restartedAt"]')) return restartText(value, own);
  if (typeof value === 'string') return own.has(value) || isHarmless(name, value) ? value : notShown;
  if (typeof value !== 'object') return String(value);
  return isJsonObject(value) ? entryText(name, value, own) : plainCount(value.length);
}

/** A dry run asks for the time at which it was made; of an earlier restart the time itself is told. */
function restartText(value: Json, own: ReadonlySet<string>): string {
  if (typeof value !== 'string' || own.has(value)) return 'the time at which it runs';
  return /^\d{4}-\d{2}-\d{2}T[\d:.]{5,15}(?:Z|[+-]\d{2}:\d{2})$/.test(value) ? value : notShown;
}

const plainCount = (entries: number): string => (entries === 1 ? '1 entry' : `${entries} entries`);

const isHarmless = (name: string, value: string): boolean => harmless.test(name) && redact(value) === value;

/** A whole entry of a list that is there on one side only, or a variable. */
function entryText(name: string, entry: { [key: string]: Json }, own: ReadonlySet<string>): string {
  const { value, valueFrom, image, key, effect } = entry;
  if (/\.env\[[^\]]*\]$/.test(name)) {
    if (valueFrom !== undefined) return 'a reference';
    return typeof value === 'string' && !own.has(value) ? notShown : String(value ?? '');
  }
  if (typeof key === 'string' && typeof effect === 'string')
    return `${key}${typeof value === 'string' && value !== '' ? `=${value}` : ''}:${effect}`;
  return typeof image === 'string' && redact(image) === image ? `there, with image ${image}` : 'there';
}

const inContainer = /^(containers|initContainers)\[([^\]]+)\](.+)$/;

/** The same change in several containers is told once. */
function together(rows: readonly FieldChange[]): FieldChange[] {
  const all = new Map<string, FieldChange & { names: string[]; list: string; rest: string }>();
  rows.forEach((row, at) => {
    const [, list = '', name = '', rest = ''] = inContainer.exec(row.field) ?? [];
    const key = JSON.stringify(name === '' ? [at] : [list, rest, row.now, row.next, row.foreign]);
    const known = all.get(key);
    if (known === undefined) all.set(key, { ...row, names: [name], list, rest });
    else known.names.push(name);
  });
  return [...all.values()].map(({ names, list, rest, ...row }) =>
    names.length < 2 ? row : { ...row, field: `${list}[${names.join(', ')}]${rest}` },
  );
}
