import { type ActionOf, describeTarget } from '../../domain/action.ts';
import type { PatchOperation } from '../../domain/plan.ts';
import type { Json } from '../../domain/text/json.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send } from '../draft.ts';
import { pointer } from '../json-pointer.ts';

type Field = 'labels' | 'annotations';
type Texts = Readonly<Record<string, string>>;

/** One key; undefined stands for absent. */
interface Change {
  readonly key: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** On the object itself, as kubectl does: pods of a workload keep theirs. */
export function label(input: DraftInput<ActionOf<'label'>>): Draft {
  const said = ({ key, to }: Change) => (to === undefined ? `${key} removed` : `${key}=${to}`);
  return draw(input, 'labels', said);
}

/** An annotation's value may be long and is not repeated. */
export function annotate(input: DraftInput<ActionOf<'annotate'>>): Draft {
  const said = ({ key, to }: Change) => (to === undefined ? `${key} removed` : `${key} set`);
  return draw(input, 'annotations', said);
}

function draw(
  input: DraftInput<ActionOf<'label' | 'annotate'>>,
  field: Field,
  said: (change: Change) => string,
): Draft {
  const { action, facts } = input;
  const name = describeTarget(action.target);
  const live = facts.identity[field];
  const all = changes(action, live);
  const kept = all.find(({ from, to }) => from !== undefined && to !== undefined && from !== to);
  if (kept !== undefined && !action.overwrite)
    return refuse(`${name} has another value at ${kept.key}, and overwriting was not asked for.`);
  const different = all.filter(({ from, to }) => from !== to);
  if (different.length === 0) return refuse(`${name} already has these ${field}.`);
  return send(
    guardedPatch(input, {
      operations: operations(field, different, live),
      done: all.map(({ key, to }) => ({ path: pointer('metadata', field, key), value: to ?? null })),
      sentence: `Change the ${field} of ${name}: ${different.map(said).join(', ')}.`,
    }),
  );
}

function changes({ set, remove }: ActionOf<'label' | 'annotate'>, live: Texts): Change[] {
  const now = (key: string) => (Object.hasOwn(live, key) ? live[key] : undefined);
  return [
    ...set.map(({ key, value }) => ({ key, from: now(key), to: value })),
    ...remove.map((key) => ({ key, from: now(key), to: undefined })),
  ];
}

/** The API server leaves a map out when it is empty, and `add` needs the map to be there. */
function operations(field: Field, different: readonly Change[], live: Texts): PatchOperation[] {
  if (Object.keys(live).length === 0) {
    const all = different.flatMap(({ key, to }): [string, Json][] => (to === undefined ? [] : [[key, to]]));
    const path = pointer('metadata', field);
    return [
      { op: 'test', path, value: null },
      { op: 'add', path, value: Object.fromEntries(all) },
    ];
  }
  return different.flatMap(({ key, from, to }): PatchOperation[] => {
    const path = pointer('metadata', field, key);
    const change: PatchOperation = to === undefined ? { op: 'remove', path } : { op: 'add', path, value: to };
    return [{ op: 'test', path, value: from ?? null }, change];
  });
}
