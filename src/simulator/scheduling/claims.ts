import type { JsonObject } from '../json.ts';
import { persistentVolumes, volumeClaims } from '../resources.ts';
import { at, listAt, textAt, textsAt } from '../tree.ts';
import type { World } from '../world.ts';
import { inTerms } from './node-rules.ts';

function namesOf(pod: JsonObject): string[] {
  return listAt(pod, 'spec', 'volumes').flatMap(
    (each) => textAt(each, 'persistentVolumeClaim', 'claimName') ?? [],
  );
}

/** Why a pod can go nowhere because of its claims; undefined where nothing of them is in the way. */
export function heldByClaims(
  world: World,
  pod: JsonObject,
  others: readonly JsonObject[],
): string | undefined {
  const namespace = textAt(pod, 'metadata', 'namespace');
  for (const name of namesOf(pod)) {
    const claim = world.store.get(volumeClaims, namespace, name);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (textAt(claim, 'spec', 'volumeName') === undefined)
      return 'pod has unbound immediate PersistentVolumeClaims';
    const modes = at(claim, 'spec', 'accessModes');
    const single = Array.isArray(modes) && modes.includes('ReadWriteOncePod');
    const used = others.some(
      (each) => textAt(each, 'metadata', 'namespace') === namespace && namesOf(each).includes(name),
    );
    if (single && used)
      return 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';
  }
  return undefined;
}

const zone = 'topology.kubernetes.io/zone';

/** Whether the volumes of a pod can be reached from a node. */
export function canReach(world: World, pod: JsonObject, node: JsonObject): boolean {
  const namespace = textAt(pod, 'metadata', 'namespace');
  return namesOf(pod).every((name) => {
    const claim = world.store.get(volumeClaims, namespace, name);
    const bound = world.store.get(persistentVolumes, undefined, textAt(claim, 'spec', 'volumeName') ?? '');
    const required = at(bound, 'spec', 'nodeAffinity', 'required');
    const [own, wanted] = [
      textsAt(node, 'metadata', 'labels')[zone],
      textsAt(bound, 'metadata', 'labels')[zone],
    ];
    const inZone = own === undefined || wanted === undefined || wanted.split('__').includes(own);
    return inZone && (required === undefined || inTerms(required, node));
  });
}
