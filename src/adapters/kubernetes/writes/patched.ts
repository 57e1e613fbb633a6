import type { Call, PatchOperation } from '../../../domain/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../domain/text/json.ts';
import { partsOf } from '../../../domain/text/json-pointer.ts';

/** What an object would be if a call did what it says and nobody else did anything; undefined for calls that change none. */
export function patched(live: Json, call: Call): Json | undefined {
  switch (call.kind) {
    case 'patch':
      return call.operations.reduce(applied, live);
    case 'strategicMerge':
      return merged(live, call.body);
    default:
      return undefined;
  }
}

/** The object with these values at these places; null takes away what is there. */
export function withFields(
  object: Json,
  fields: readonly { readonly path: string; readonly value: Json }[],
): Json {
  return fields.reduce((at, { path, value }) => {
    const operation: PatchOperation =
      value === null ? { op: 'remove', path } : { op: 'replace', path, value };
    return applied(at, operation);
  }, object);
}

/** One operation of RFC 6902 as plans use them; a test changes nothing. */
function applied(object: Json, operation: PatchOperation): Json {
  if (operation.op === 'test') return object;
  const value = operation.op === 'remove' ? undefined : operation.value;
  return withValue(object, partsOf(operation.path), value, operation.op === 'add');
}

function withValue(
  at: Json,
  [step = '', ...rest]: readonly string[],
  value: Json | undefined,
  inserts: boolean,
): Json {
  if (Array.isArray(at)) return inList(at, step, rest, value, inserts);
  const object: JsonObject = isJsonObject(at) ? at : {};
  if (rest.length > 0) return { ...object, [step]: withValue(object[step] ?? {}, rest, value, inserts) };
  const { [step]: _old, ...others } = object;
  return value === undefined ? others : { ...object, [step]: value };
}

function inList(
  list: readonly Json[],
  step: string,
  rest: readonly string[],
  value: Json | undefined,
  inserts: boolean,
): Json {
  const index = step === '-' ? list.length : Number(step);
  if (rest.length > 0)
    return list.map((each, at) => (at === index ? withValue(each, rest, value, inserts) : each));
  return list.toSpliced(index, inserts ? 0 : 1, ...(value === undefined ? [] : [value]));
}

/** A strategic merge as the undo of a StatefulSet sends it: `$patch: replace` takes the place of all that is there. */
function merged(live: Json | undefined, body: Json): Json {
  if (!isJsonObject(body)) return body;
  const { $patch: directive, ...parts } = body;
  if (directive === 'replace') return parts;
  const result: JsonObject = isJsonObject(live) ? { ...live } : {};
  for (const [key, value] of Object.entries(parts)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
