import { z } from 'zod';
import type { LastingField } from '../../../domain/manifest/lasting.ts';
import type { Json } from '../../../domain/text/json.ts';
import { isJsonObject, json } from '../../../domain/text/json.ts';
import { jsonPointer, partsOf } from '../../../domain/text/json-pointer.ts';
import { sameValue, valueAt } from '../client/json-pointer.ts';
import { list } from '../client/objects.ts';

const managed = z.object({
  metadata: z.object({
    managedFields: list(
      z.object({
        manager: z.string().default(''),
        time: z.string().nullish(),
        subresource: z.string().nullish(),
        fieldsV1: json.optional(),
      }),
    ),
  }),
});

/** An entry of managedFields; one that was made through /scale carries no time. */
export interface LastWriter {
  readonly manager: string;
  readonly subresource?: string;
  readonly at?: string;
  /** False: nobody owns the place, and this is whoever wrote the object last. */
  readonly owns: boolean;
}

/** Who wrote the value at a place last; see `lastWriter`. */
export const whoWrote = (raw: unknown, pointer: string): string | undefined =>
  lastWriter(raw, pointer)?.manager;

/**
 * Who wrote the value at a place last, as managedFields say: the newest of the managers that own it. Of a value that is not
 * there nobody does; then it is whoever wrote the object last, who may be the one that took it away.
 */
export function lastWriter(raw: unknown, pointer: string): LastWriter | undefined {
  const all = managed.safeParse(raw).data?.metadata.managedFields ?? [];
  const entries = all.filter(({ subresource }) => subresource !== 'status');
  const live = json.safeParse(raw).data ?? null;
  const owners = entries.filter(
    ({ fieldsV1 }) => fieldsV1 !== undefined && owns(fieldsV1, live, partsOf(pointer)),
  );
  const [last] = (owners.length > 0 ? owners : entries).toSorted((a, b) =>
    (a.time ?? '') < (b.time ?? '') ? 1 : -1,
  );
  if (last === undefined || last.manager === '') return undefined;
  const { manager, subresource, time } = last;
  return {
    manager,
    ...(subresource ? { subresource } : {}),
    ...(time ? { at: time } : {}),
    owns: owners.length > 0,
  };
}

/** Who owns the value at a place of a manifest, as managedFields say; of one that is not there nobody does. */
export function ownersOf(raw: unknown, path: LastingField['path']): readonly string[] {
  const all = managed.safeParse(raw).data?.metadata.managedFields ?? [];
  const live = json.safeParse(raw).data ?? null;
  const place = stepsTo(live, path);
  if (place === undefined) return [];
  return all.flatMap(({ manager, subresource, fieldsV1 }) =>
    subresource !== 'status' && fieldsV1 !== undefined && owns(fieldsV1, live, place) ? [manager] : [],
  );
}

function stepsTo(live: Json, path: LastingField['path']): readonly string[] | undefined {
  const place: string[] = [];
  let at = live;
  for (const each of path) {
    const step = typeof each === 'string' ? each : indexOf(at, each.name);
    const next = valueAt(at, jsonPointer(step));
    if (next === undefined) return undefined;
    place.push(step);
    at = next;
  }
  return place;
}

const indexOf = (entries: Json, name: string): string =>
  Array.isArray(entries)
    ? String(entries.findIndex((each) => isJsonObject(each) && each['name'] === name))
    : '';

/**
 * Whether the fields of a manager reach a place: `f:` and a field's name, `k:` and the keys of an entry of a list as JSON
 * (kubernetes-sigs/structured-merge-diff, fieldpath/serialize-pe.go). One that owns the whole of a part has no more beneath.
 */
function owns(fields: Json, live: Json | undefined, [step, ...deeper]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (!isJsonObject(fields)) return false;
  const below = live === undefined ? undefined : valueAt(live, jsonPointer(step));
  const key = Array.isArray(live) ? Object.keys(fields).find((each) => isOfEntry(each, below)) : `f:${step}`;
  const next = key === undefined ? undefined : fields[key];
  if (next === undefined) return false;
  return (isJsonObject(next) && Object.keys(next).length === 0) || owns(next, below, deeper);
}

function isOfEntry(key: string, entry: Json | undefined): boolean {
  if (!key.startsWith('k:') || !isJsonObject(entry)) return false;
  try {
    const keys = json.parse(JSON.parse(key.slice(2)));
    return isJsonObject(keys) && Object.entries(keys).every(([name, value]) => sameValue(entry[name], value));
  } catch {
    return false;
  }
}
