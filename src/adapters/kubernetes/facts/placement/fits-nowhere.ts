import type { Node } from '../../client/objects.ts';
import { settle, sitesFor } from './scheduling/place.ts';
import type { PlacedPod } from './scheduling/placed-pod.ts';
import { requestsOf } from './scheduling/requests.ts';
import { type Layout, layoutOf, take } from './scheduling/site.ts';
import { noStorage } from './scheduling/storage.ts';
import { unsure } from './unsure.ts';

/** What was read around nodes and pods. */
export type Around = Pick<Layout, 'storage' | 'namespaces'>;
const nothingAround: Around = { storage: noStorage, namespaces: new Map() };

/**
 * Which of the pods would find no place on the other nodes, and why, by uid: first fit, the largest first. It may be
 * better for a pod: by preemption, or by an autoscaler that adds nodes. Pods of which it cannot be told are left out.
 *
 * @param nodes those that are left take no more pods, but still count as places that pods are spread over
 * @param running all pods of the cluster, for what the others have given away already
 */
export function unplaceable(
  moving: readonly PlacedPod[],
  nodes: readonly Node[],
  running: readonly PlacedPod[],
  around: Around = nothingAround,
): Map<string, string> {
  const layout = layoutOf(nodes, running, { ...around, unread: new Set() });
  take(layout, new Set(moving.map(({ metadata }) => metadata.uid)));
  const found = new Map<string, string>();
  for (const pod of moving.filter((each) => unsure(each) === undefined).toSorted(largestFirst)) {
    const sites = sitesFor(pod, layout, ' other');
    if (sites.kind === 'none') found.set(pod.metadata.uid, sites.reason);
    else settle(pod, sites.sites);
  }
  return found;
}

function largestFirst(a: PlacedPod, b: PlacedPod): number {
  const [first, second] = [requestsOf(a.spec), requestsOf(b.spec)];
  const of = (wanted: Readonly<Record<string, number>>, name: string) => wanted[name] ?? 0;
  const bigger = of(second, 'memory') - of(first, 'memory') || of(second, 'cpu') - of(first, 'cpu');
  return bigger || (a.metadata.uid < b.metadata.uid ? -1 : 1);
}
