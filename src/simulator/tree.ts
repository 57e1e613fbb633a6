import { isJsonObject, type Json, type JsonObject } from './json.ts';

type Key = string | number;

/** The value at a path inside raw JSON; undefined where the path leads nowhere. */
export function at(value: Json | undefined, ...path: readonly Key[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(here)) here = here[Number(key)];
    else if (isJsonObject(here) && Object.hasOwn(here, key)) here = here[key];
    else return undefined;
  }
  return here;
}

export function textAt(value: Json | undefined, ...path: readonly Key[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: Json | undefined, ...path: readonly Key[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function isTrueAt(value: Json | undefined, ...path: readonly Key[]): boolean {
  return at(value, ...path) === true;
}

/** The object at a path; an empty one where there is none. */
export function objectAt(value: Json | undefined, ...path: readonly Key[]): JsonObject {
  const found = at(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The objects of the list at a path; items that are not objects are left out. */
export function listAt(value: Json | undefined, ...path: readonly Key[]): JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

/** Labels, annotations and the like: the text values of the object at a path. */
export function textsAt(value: Json | undefined, ...path: readonly Key[]): Record<string, string> {
  const texts = Object.entries(objectAt(value, ...path)).filter((entry) => typeof entry[1] === 'string');
  return Object.fromEntries(texts.map(([key, text]) => [key, String(text)]));
}

/** A deep copy with changes made to it; the original, usually frozen, stays as it is. */
export function edited(object: JsonObject, change: (draft: JsonObject) => void): JsonObject {
  const draft = structuredClone(object);
  change(draft);
  return draft;
}

/** Sets a value in a draft, making the objects on the way; undefined removes the key. */
export function put(draft: JsonObject, path: readonly [string, ...string[]], value: Json | undefined): void {
  const [key, ...rest] = path;
  const [next, ...further] = rest;
  if (next === undefined) {
    if (value === undefined) delete draft[key];
    else draft[key] = value;
    return;
  }
  const inner = draft[key];
  const holder = isJsonObject(inner) ? inner : {};
  draft[key] = holder;
  put(holder, [next, ...further], value);
}

/** The same value, frozen to its leaves, so that nobody changes the store's objects by accident. */
export function frozen<T extends Json>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
