import type { JsonObject } from '../json.ts';
import { isTrueAt, listAt, textAt } from '../tree.ts';

/* Who an object is, and who controls it. */

export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

export function namespaceOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'namespace') ?? '';
}

export function uidOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'uid') ?? '';
}

/** One name for an object among those of its resource. */
export const keyOf = (object: JsonObject): string => `${namespaceOf(object)}/${nameOf(object)}`;

/** The owner reference with controller=true; at most one is allowed. */
function controllerOf(object: JsonObject): JsonObject | undefined {
  return listAt(object, 'metadata', 'ownerReferences').find((each) => isTrueAt(each, 'controller'));
}

/** Controller uids by stored object, since every controller asks for them at every look. */
const controllers = new WeakMap<JsonObject, string>();

/** The uid of the owner that controls an object; empty where none does. */
export function controllerUid(object: JsonObject): string {
  const known = controllers.get(object);
  if (known !== undefined) return known;
  const uid = textAt(controllerOf(object), 'uid') ?? '';
  controllers.set(object, uid);
  return uid;
}
