import { isDeepStrictEqual } from 'node:util';
import { selectOwnPods } from '../jobs/job-selector.ts';
import type { JsonObject } from '../json.ts';
import { alreadyExists, notFound } from '../refusal.ts';
import { apiVersionOf, jobs, type Resource } from '../resources.ts';
import { at, edited, frozen, numberAt, objectAt, put } from '../tree.ts';
import { keyOf, nameOf } from './identity.ts';
import { managedFields, type Writer } from './managed-fields.ts';
import { createShelf, type Shelf } from './shelf.ts';

/** One stored change, as a watch tells it. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: JsonObject;
  readonly revision: number;
}

interface WriteOptions {
  /** Answer as if written, store nothing. */
  readonly dryRun?: boolean;
}

/**
 * Raw objects in memory with the bookkeeping of the API server: uid, resourceVersion, generation,
 * creationTimestamp, managedFields. Objects that come out are frozen; a write that changes nothing keeps the
 * resourceVersion. Refusals are thrown as `Refusal`.
 */
export interface Store {
  get(resource: Resource, namespace: string | undefined, name: string): JsonObject | undefined;
  list(resource: Resource, namespace?: string): JsonObject[];
  /** Those of a namespace that the object with this uid controls. */
  ownedBy(resource: Resource, namespace: string, uid: string): JsonObject[];
  create(resource: Resource, object: JsonObject, writer: Writer, options?: WriteOptions): JsonObject;
  update(resource: Resource, object: JsonObject, writer: Writer, options?: WriteOptions): JsonObject;
  remove(resource: Resource, object: JsonObject): void;
  /** The latest resourceVersion of the whole store. */
  revision(): number;
  /** Changes after a revision, oldest first; undefined when history no longer reaches back so far. */
  since(revision: number): readonly Change[] | undefined;
  /** Tells every later change; returns how to stop. */
  subscribe(listener: (change: Change) => void): () => void;
}

/** How many changes a watch can look back: a few minutes of a busy cluster. */
const historyLength = 2000;

export function createStore(clock: { readonly now: () => number; readonly newId: () => string }): Store {
  const shelves = new Map<Resource, Shelf>();
  const history: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let revision = 1000;

  const shelf = (resource: Resource) => {
    const found = shelves.get(resource) ?? createShelf();
    shelves.set(resource, found);
    return found;
  };
  const publish = (type: Change['type'], resource: Resource, object: JsonObject) => {
    const change = { type, resource, object, revision };
    history.push(change);
    if (history.length > historyLength) history.shift();
    for (const listener of listeners) listener(change);
  };
  const keep = (type: 'ADDED' | 'MODIFIED', resource: Resource, draft: JsonObject): JsonObject => {
    revision += 1;
    put(draft, ['metadata', 'resourceVersion'], String(revision));
    const object = frozen(draft);
    shelf(resource).put(object);
    publish(type, resource, object);
    return object;
  };

  return {
    get: (resource, namespace, name) => shelf(resource).get(`${namespace ?? ''}/${name}`),
    list: (resource, namespace) =>
      namespace === undefined ? shelf(resource).all() : shelf(resource).in(namespace),
    ownedBy: (resource, namespace, uid) => shelf(resource).ownedBy(namespace, uid),
    create: (resource, object, writer, options = {}) => {
      if (shelf(resource).get(keyOf(object)) !== undefined) throw alreadyExists(resource, nameOf(object));
      const draft = newObject(resource, object, writer, { time: timestamp(clock.now()), uid: clock.newId() });
      return options.dryRun ? frozen(draft) : keep('ADDED', resource, draft);
    },
    update: (resource, object, writer, options = {}) => {
      const current = shelf(resource).get(keyOf(object));
      if (current === undefined) throw notFound(resource, nameOf(object));
      const draft = nextObject(resource, current, object, writer, () => timestamp(clock.now()));
      if (draft === undefined) return current;
      return options.dryRun ? frozen(draft) : keep('MODIFIED', resource, draft);
    },
    remove: (resource, object) => {
      const current = shelf(resource).get(keyOf(object));
      if (current === undefined || !shelf(resource).remove(keyOf(object))) return;
      revision += 1;
      publish(
        'DELETED',
        resource,
        frozen(edited(current, (draft) => put(draft, ['metadata', 'resourceVersion'], String(revision)))),
      );
    },
    revision: () => revision,
    since: (from) => {
      const first = history[0];
      const gone =
        from > revision ||
        (first !== undefined && history.length === historyLength && from < first.revision - 1);
      return gone ? undefined : history.filter((change) => change.revision > from);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** RFC 3339 in whole seconds, as Kubernetes prints metav1.Time. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

function newObject(
  resource: Resource,
  object: JsonObject,
  writer: Writer,
  { time, uid }: { readonly time: string; readonly uid: string },
): JsonObject {
  return edited({ apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }, (draft) => {
    put(draft, ['metadata', 'uid'], uid);
    put(draft, ['metadata', 'creationTimestamp'], time);
    if (resource === jobs) selectOwnPods(draft);
    if (resource.generation !== 'none') put(draft, ['metadata', 'generation'], 1);
    put(draft, ['metadata', 'managedFields'], managedFields({}, draft, writer, time));
  });
}

/** The object with its next generation and managedFields; undefined when nothing but bookkeeping would change. */
function nextObject(
  resource: Resource,
  current: JsonObject,
  object: JsonObject,
  writer: Writer,
  time: () => string,
): JsonObject | undefined {
  const generation = numberAt(current, 'metadata', 'generation');
  const bookkeeping = Object.fromEntries(
    ['resourceVersion', 'generation', 'managedFields'].flatMap((key) => {
      const value = at(current, 'metadata', key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  // Parts that the writer took over from the stored object are the very same, which makes comparing quick.
  const next = { ...object, metadata: { ...objectAt(object, 'metadata'), ...bookkeeping } };
  if (isDeepStrictEqual(next, current)) return undefined;
  return edited(next, (draft) => {
    if (generation !== undefined && bumps(resource, current, draft, writer))
      put(draft, ['metadata', 'generation'], generation + 1);
    put(draft, ['metadata', 'managedFields'], managedFields(current, draft, writer, time()));
  });
}

function bumps(resource: Resource, before: JsonObject, after: JsonObject, writer: Writer): boolean {
  if (writer.subresource === 'status') return false;
  const changed = (...path: string[]) => !isDeepStrictEqual(at(before, ...path), at(after, ...path));
  return (
    changed('spec') || (resource.generation === 'spec and annotations' && changed('metadata', 'annotations'))
  );
}
