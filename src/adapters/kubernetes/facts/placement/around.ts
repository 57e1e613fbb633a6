import type { Reader } from '../../client/read.ts';
import { hasEnded, workloadBehind } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';
import { readNamespaces } from './census.ts';
import type { Around } from './fits-nowhere.ts';
import { readStorage } from './read-storage.ts';
import { claimNamesOf, type PlacedPod } from './scheduling/placed-pod.ts';
import { noStorage } from './scheduling/storage.ts';
import { unsure } from './unsure.ts';

/** What decides, beside nodes and pods, where those of a node may go; of whom it cannot be told is noted. */
export async function readAround(
  reader: Reader,
  unknowns: Unknowns,
  node: string,
  pods: readonly PlacedPod[],
): Promise<Around> {
  const here = pods.filter((pod) => pod.spec.nodeName === node && !hasEnded(pod) && isPlacedAnew(pod));
  const claims = new Map<string, string[]>();
  for (const { metadata, spec } of here) {
    const { namespace = '' } = metadata;
    claims.set(namespace, [...(claims.get(namespace) ?? []), ...claimNamesOf(spec)]);
  }
  const [storage, namespaces] = await Promise.all([
    readStorage(reader, unknowns, claims),
    readNamespaces(reader, unknowns, pods),
  ]);
  for (const pod of here) {
    const reason = unsure(pod);
    if (reason !== undefined) unknowns.add('place of the pods', `Pod/${pod.metadata.name}: ${reason}`);
  }
  return { storage: storage ?? noStorage, namespaces };
}

/** A DaemonSet's pod has its node and no other, and what nothing replaces needs no place. */
function isPlacedAnew(pod: PlacedPod): boolean {
  const owner = workloadBehind(pod);
  return owner !== undefined && owner.kind !== 'DaemonSet' && owner.kind !== 'Node';
}
