import { type ActionOf, describeTarget } from '../../domain/action.ts';
import type { PatchOperation } from '../../domain/plan.ts';
import { isJsonObject, type Json } from '../../domain/text/json.ts';
import { jsonPointer, valueAt } from '../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, send } from '../draft.ts';
import { type MetadataVerb, mapOf } from './texts.ts';

type Field = ReturnType<typeof mapOf>;
type Texts = Readonly<Record<string, string>>;

/** One key; undefined stands for absent. */
interface Change {
  readonly key: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/**
 * On the object itself, as kubectl does: pods of a workload keep theirs.
 *
 * @param written what is said of a key that is set: a value may be too long to repeat
 */
export function metadataCalls(
  input: DraftInput<MetadataVerb>,
  written: (key: string, value: string) => string,
): Draft {
  const { action, facts } = input;
  const field = mapOf(action);
  const live = facts.identity[field];
  const all = changes(action, live);
  const different = all.filter(({ from, to }) => from !== to);
  const told = different.map(({ key, to }) => (to === undefined ? `${key} removed` : written(key, to)));
  return send(
    guardedPatch(input, {
      operations: operations(field, different, hasNone(input)),
      done: all.map(({ key, to }) => ({ path: jsonPointer('metadata', field, key), value: to ?? null })),
      sentence: `Change the ${field} of ${describeTarget(action.target)}: ${told.join(', ')}.`,
    }),
  );
}

function changes({ set, remove }: ActionOf<MetadataVerb>, live: Texts): Change[] {
  const now = (key: string) => (Object.hasOwn(live, key) ? live[key] : undefined);
  return [
    ...set.map(({ key, value }) => ({ key, from: now(key), to: value })),
    ...remove.map((key) => ({ key, from: now(key), to: undefined })),
  ];
}

/** Whether the object has no such map. Facts keep but a few annotations, so that the object itself is asked. */
function hasNone({ action, snapshot }: DraftInput<MetadataVerb>): boolean {
  return !isJsonObject(valueAt(snapshot, 'metadata', mapOf(action)));
}

/** The API server leaves a map out when it is empty, and `add` needs the map to be there. */
function operations(field: Field, different: readonly Change[], isAbsent: boolean): PatchOperation[] {
  if (isAbsent) {
    // Of a map that is not there nothing is taken away: each difference is a key that is set.
    const all = different.map(({ key, to = null }): [string, Json] => [key, to]);
    const path = jsonPointer('metadata', field);
    return [
      { op: 'test', path, value: null },
      { op: 'add', path, value: Object.fromEntries(all) },
    ];
  }
  return different.flatMap(({ key, from, to }): PatchOperation[] => {
    const path = jsonPointer('metadata', field, key);
    const change: PatchOperation = to === undefined ? { op: 'remove', path } : { op: 'add', path, value: to };
    return [{ op: 'test', path, value: from ?? null }, change];
  });
}
