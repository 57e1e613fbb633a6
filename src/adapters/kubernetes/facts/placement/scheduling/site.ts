import type { Node } from '../../../client/objects.ts';
import { hasEnded } from '../../pod.ts';
import type { PlacedPod } from './placed-pod.ts';
import { amountsIn, requestsOf } from './requests.ts';
import type { Storage } from './storage.ts';

/** A node with the pods that are on it, and what they leave of it. */
export interface Site {
  readonly node: Node;
  pods: readonly PlacedPod[];
  readonly free: Map<string, number>;
}

/** Where pods may come to run, as it is at one moment of a change. */
export interface Layout {
  readonly sites: readonly Site[];
  readonly storage: Storage;
  /** Labels of each namespace, where somebody selects by them. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Nodes whose pods are not known, so that nothing is put there. */
  readonly unread: ReadonlySet<string>;
}

export function layoutOf(
  nodes: readonly Node[],
  pods: readonly PlacedPod[],
  around: Omit<Layout, 'sites'>,
): Layout {
  const here = Map.groupBy(
    pods.filter((pod) => !hasEnded(pod)),
    ({ spec }) => spec.nodeName,
  );
  const sorted = nodes.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const sites = sorted.map((node): Site => {
    const site = { node, pods: [], free: amountsIn(node.status.allocatable) };
    for (const pod of here.get(node.metadata.name) ?? []) put(site, pod);
    return site;
  });
  return { sites, ...around };
}

export function put(site: Site, pod: PlacedPod): void {
  site.pods = [...site.pods, pod];
  shift(site, pod, -1);
}

/** Takes pods off their nodes, wherever they are. */
export function take({ sites }: Layout, gone: ReadonlySet<string>): void {
  for (const site of sites) {
    const leaving = site.pods.filter(({ metadata }) => gone.has(metadata.uid));
    if (leaving.length === 0) continue;
    site.pods = site.pods.filter((pod) => !leaving.includes(pod));
    for (const pod of leaving) shift(site, pod, 1);
  }
}

function shift({ free }: Site, { spec }: PlacedPod, sign: 1 | -1): void {
  for (const [name, amount] of Object.entries(requestsOf(spec)))
    free.set(name, (free.get(name) ?? 0) + sign * amount);
}
