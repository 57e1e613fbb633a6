import type { JsonObject } from '../json.ts';
import { controllerUid, keyOf, namespaceOf } from './identity.ts';

/** The objects of one resource; found by key, by namespace and by who controls them without a look at all of them. */
export interface Shelf {
  get(key: string): JsonObject | undefined;
  /** Oldest first, as all lists. */
  all(): JsonObject[];
  in(namespace: string): JsonObject[];
  ownedBy(namespace: string, uid: string): JsonObject[];
  put(object: JsonObject): void;
  remove(key: string): boolean;
}

type Group = Map<string, JsonObject>;

export function createShelf(): Shelf {
  const objects: Group = new Map();
  const namespaces = new Map<string, Group>();
  const owners = new Map<string, Group>();
  return {
    get: (key) => objects.get(key),
    all: () => [...objects.values()],
    in: (namespace) => [...(namespaces.get(namespace)?.values() ?? [])],
    ownedBy: (namespace, uid) =>
      [...(owners.get(uid)?.values() ?? [])].filter((each) => namespaceOf(each) === namespace),
    put: (object) => {
      const key = keyOf(object);
      const before = objects.get(key);
      if (before !== undefined && controllerUid(before) !== controllerUid(object))
        drop(owners, controllerUid(before), key);
      objects.set(key, object);
      add(namespaces, namespaceOf(object), key, object);
      add(owners, controllerUid(object), key, object);
    },
    remove: (key) => {
      const object = objects.get(key);
      if (object === undefined) return false;
      drop(namespaces, namespaceOf(object), key);
      drop(owners, controllerUid(object), key);
      return objects.delete(key);
    },
  };
}

function add(groups: Map<string, Group>, name: string, key: string, object: JsonObject): void {
  const group: Group = groups.get(name) ?? new Map();
  group.set(key, object);
  groups.set(name, group);
}

function drop(groups: Map<string, Group>, name: string, key: string): void {
  const group = groups.get(name);
  group?.delete(key);
  if (group?.size === 0) groups.delete(name);
}
