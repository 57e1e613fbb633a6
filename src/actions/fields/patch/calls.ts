import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import { isLeftOutAtZero } from '../../../domain/patchable.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { isJsonObject, type Json } from '../../../domain/text/json.ts';
import { jsonPointer, valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send } from '../../draft.ts';
import { unchangedSpec } from '../../pod-template/unchanged.ts';

type Field = ActionOf<'patch'>['fields'][number];

/** Each field by its own path, tested by its old value; what holds it is made where it is not there. */
export function calls(input: DraftInput<'patch'>): Draft {
  const { action, snapshot } = input;
  const name = describeTarget(action.target);
  const different = action.fields.filter((field) => !isSo(snapshot, field));
  if (different.length === 0) return refuse(`${name} already has these values.`);
  return send(
    guardedPatch(input, {
      operations: [...unchangedSpec(input), ...operations(snapshot, different)],
      done: action.fields.map((field) => ({ path: jsonPointer(...stepsOf(field)), value: stored(field) })),
      sentence: `Set ${different.map((field) => saidOf(snapshot, field)).join(', ')} in ${name}.`,
    }),
  );
}

const stepsOf = ({ path }: Field) => path.split('.');

/** As the API server keeps it: it leaves some fields out when they are zero. */
function stored({ path, value }: Field): Json {
  return value === 0 && isLeftOutAtZero(path) ? null : value;
}

const isSo = (snapshot: Json, field: Field) =>
  (valueAt(snapshot, ...stepsOf(field)) ?? null) === stored(field);

function operations(snapshot: Json, fields: readonly Field[]): PatchOperation[] {
  const made = new Set<string>();
  return fields.flatMap((field) => [...parentsOf(snapshot, field, made), ...changeOf(snapshot, field)]);
}

/** The objects on the way to a field that are not there, outermost first, each made once. */
function parentsOf(snapshot: Json, field: Field, made: Set<string>): PatchOperation[] {
  const steps = stepsOf(field);
  return steps.slice(0, -1).flatMap((_, index): PatchOperation[] => {
    const way = steps.slice(0, index + 1);
    const path = jsonPointer(...way);
    if (isJsonObject(valueAt(snapshot, ...way)) || made.has(path)) return [];
    made.add(path);
    return [
      { op: 'test', path, value: null },
      { op: 'add', path, value: {} },
    ];
  });
}

function changeOf(snapshot: Json, field: Field): PatchOperation[] {
  const path = jsonPointer(...stepsOf(field));
  const value = stored(field);
  return [
    { op: 'test', path, value: valueAt(snapshot, ...stepsOf(field)) ?? null },
    value === null ? { op: 'remove', path } : { op: 'add', path, value },
  ];
}

function saidOf(snapshot: Json, field: Field): string {
  const live = valueAt(snapshot, ...stepsOf(field));
  const from = typeof live === 'number' || typeof live === 'string' ? ` from ${live}` : '';
  return `${field.path}${from} to ${field.value}`;
}
