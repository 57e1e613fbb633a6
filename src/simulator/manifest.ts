import { defaulted } from './defaults.ts';
import type { JsonObject } from './json.ts';
import { nameOf } from './objects/identity.ts';
import { namespaces, pods, resourceOfKind } from './resources.ts';
import { at, edited, objectAt, put, textAt } from './tree.ts';
import { validate } from './validation.ts';
import type { World } from './world.ts';

/** Who seeds the cluster, as `kubectl apply` would show up in managedFields. */
const writer = { manager: 'kubectl-client-side-apply', operation: 'Update' } as const;

/** Creates an object, or replaces the one of that name and keeps its status and annotations. Throws with a sentence if it cannot. */
export function applyManifest(world: World, manifest: JsonObject): JsonObject {
  const apiVersion = textAt(manifest, 'apiVersion') ?? '';
  const kind = textAt(manifest, 'kind') ?? '';
  const resource = resourceOfKind(apiVersion, kind);
  if (resource === undefined) throw new Error(`The simulator does not know ${apiVersion} ${kind}.`);
  const object = defaulted(resource, manifest);
  const namespace = textAt(object, 'metadata', 'namespace');
  if (
    resource.namespaced &&
    (namespace === undefined || world.store.get(namespaces, undefined, namespace) === undefined)
  )
    throw new Error(`${kind} ${nameOf(object)} needs an existing namespace, not ${namespace ?? 'none'}.`);
  const current = world.store.get(resource, namespace, nameOf(object));
  validate(resource, current === undefined ? object : withIdentity(object, current), current);
  if (current !== undefined) return world.store.update(resource, withIdentity(object, current), writer);
  const status =
    resource === namespaces
      ? { phase: 'Active' }
      : resource === pods
        ? { phase: 'Pending', qosClass: 'BestEffort' }
        : undefined;
  return world.store.create(
    resource,
    status === undefined || object['status'] !== undefined ? object : { ...object, status },
    writer,
  );
}

function withIdentity(object: JsonObject, current: JsonObject): JsonObject {
  return edited(object, (draft) => {
    for (const key of ['uid', 'creationTimestamp'] as const)
      put(draft, ['metadata', key], at(current, 'metadata', key));
    put(draft, ['metadata', 'annotations'], {
      ...objectAt(current, 'metadata', 'annotations'),
      ...objectAt(draft, 'metadata', 'annotations'),
    });
    put(draft, ['status'], at(current, 'status'));
  });
}
