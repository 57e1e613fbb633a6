import type { JsonObject } from '../json.ts';
import { nameOf, namespaceOf } from '../objects/identity.ts';
import { persistentVolumes, statefulSets, storageClasses, volumeClaims } from '../resources.ts';
import { at, edited, listAt, numberAt, objectAt, put, textAt, textsAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';

/** Makes the claims of StatefulSets and binds claims to volumes (controller/statefulset, controller/volume/persistentvolume). */
export function volumeController(world: World): void {
  for (const set of world.store.list(statefulSets)) makeClaims(world, set);
  for (const claim of world.store.list(volumeClaims)) {
    if (textAt(claim, 'status', 'phase') === 'Bound') continue;
    const name = volumeFor(world, claim);
    if (name === undefined) wait(world, claim);
    else bind(world, claim, name);
  }
}

function makeClaims(world: World, set: JsonObject): void {
  const replicas = numberAt(set, 'spec', 'replicas') ?? 1;
  const namespace = namespaceOf(set);
  for (const template of listAt(set, 'spec', 'volumeClaimTemplates'))
    for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
      const name = `${textAt(template, 'metadata', 'name')}-${nameOf(set)}-${ordinal}`;
      if (world.store.get(volumeClaims, namespace, name) !== undefined) continue;
      const labels = textsAt(set, 'spec', 'selector', 'matchLabels');
      const body = {
        ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
        metadata: { name, namespace: namespace ?? '', labels },
        spec: objectAt(template, 'spec'),
        status: { phase: 'Pending' },
      };
      world.store.create(volumeClaims, body, controllerManager);
    }
}

/** The volume that it names, one that is kept for it, or a new one of its class. */
function volumeFor(world: World, claim: JsonObject): string | undefined {
  const named = textAt(claim, 'spec', 'volumeName');
  if (named !== undefined)
    return world.store.get(persistentVolumes, undefined, named) === undefined ? undefined : named;
  const kept = world.store.list(persistentVolumes).find((volume) => {
    const reference = objectAt(volume, 'spec', 'claimRef');
    return reference['name'] === nameOf(claim) && reference['namespace'] === namespaceOf(claim);
  });
  if (kept !== undefined) return nameOf(kept);
  const found = classOf(world, claim);
  return found === undefined ? undefined : provision(world, claim, nameOf(found));
}

const isDefault = 'storageclass.kubernetes.io/is-default-class';

/** A class that waits for the first pod makes its volumes here at once: nothing depends on where. */
function classOf(world: World, claim: JsonObject): JsonObject | undefined {
  const name = textAt(claim, 'spec', 'storageClassName');
  if (name !== undefined) return world.store.get(storageClasses, undefined, name);
  return world.store
    .list(storageClasses)
    .find((each) => textsAt(each, 'metadata', 'annotations')[isDefault] === 'true');
}

function provision(world: World, claim: JsonObject, storageClassName: string): string {
  const name = `pvc-${textAt(claim, 'metadata', 'uid')}`;
  const body = {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume' },
    metadata: { name },
    spec: {
      storageClassName,
      accessModes: at(claim, 'spec', 'accessModes') ?? [],
      capacity: objectAt(claim, 'spec', 'resources', 'requests'),
      claimRef: { name: nameOf(claim), namespace: namespaceOf(claim) ?? '' },
      persistentVolumeReclaimPolicy: 'Delete',
    },
    status: { phase: 'Bound' },
  };
  world.store.create(persistentVolumes, body, controllerManager);
  return name;
}

function bind(world: World, claim: JsonObject, volumeName: string): void {
  const next = edited(claim, (draft) => {
    put(draft, ['spec', 'volumeName'], volumeName);
    put(draft, ['status'], {
      phase: 'Bound',
      accessModes: at(claim, 'spec', 'accessModes') ?? [],
      capacity: objectAt(claim, 'spec', 'resources', 'requests'),
    });
  });
  world.store.update(volumeClaims, next, controllerManager);
}

function wait(world: World, claim: JsonObject): void {
  if (textAt(claim, 'status', 'phase') === 'Pending') return;
  const next = edited(claim, (draft) => put(draft, ['status', 'phase'], 'Pending'));
  world.store.update(volumeClaims, next, controllerManager);
}
