import { plural } from '../../../../../actions/obstacle.ts';
import { quantity } from '../../../../../domain/text/quantity.ts';
import { isReady } from '../../node/subject.ts';
import { holderOf, hostPortsOf } from './host-ports.ts';
import { asksFor, isOpenTo, isTolerated } from './node-affinity.ts';
import type { PlacedPod } from './placed-pod.ts';
import { apart, together, welcome } from './pod-affinity.ts';
import { type Amounts, amountsText, amountText, lacking, requestsOf } from './requests.ts';
import { type Layout, put, type Site } from './site.ts';
import { claimsOf, isReachable, sharingOf, unbindable } from './storage.ts';
import { spread } from './topology-spread.ts';

/**
 * What keeps a pod from every node: what no pod changes that ends by itself, too little room, or other pods that are in
 * its way.
 */
type Obstruction = 'lasting' | 'room' | 'pods';

/** Nodes that would take a pod, or why there are none. */
export type Sites =
  | { readonly kind: 'sites'; readonly sites: readonly Site[] }
  | { readonly kind: 'none'; readonly reason: string; readonly by: Obstruction; readonly claim?: string };

/** What is asked of the nodes, one after the other; the first that leaves none is the reason. */
interface Step {
  readonly fits: (site: Site) => boolean;
  readonly none: (before: readonly Site[]) => string;
  readonly by: (before: readonly Site[]) => Obstruction;
}

const lasting = () => 'lasting' as const;
const pods = () => 'pods' as const;

/**
 * The nodes that the scheduler could choose: the filters of its default plugins (pkg/scheduler/framework/plugins) for what
 * a pod asks for, besides limits on attached volumes and dynamic resources. A node that is not ready is none of them,
 * although its taint alone would not keep everybody away.
 *
 * @param other how the nodes are called in a reason: ` other` for those beside one that is left
 */
export function sitesFor(pod: PlacedPod, layout: Layout, other = ''): Sites {
  const unbound = unbindable(pod, layout.storage);
  if (unbound !== undefined) return { kind: 'none', reason: unbound, by: 'lasting' };
  const used = otherUser(pod, layout);
  if (used !== undefined) return { kind: 'none', by: 'pods', ...used };
  let sites = layout.sites;
  for (const { fits, none, by } of stepsFor(pod, layout, other)) {
    const left = sites.filter(fits);
    if (left.length === 0) return { kind: 'none', reason: none(sites), by: by(sites) };
    sites = left;
  }
  return { kind: 'sites', sites };
}

function stepsFor(pod: PlacedPod, layout: Layout, other: string): readonly Step[] {
  const { spec } = pod;
  const ports = hostPortsOf(spec);
  const wanted = requestsOf(spec);
  return [
    {
      fits: ({ node }) =>
        isReady(node) &&
        !layout.unread.has(node.metadata.name) &&
        isOpenTo(spec, node) &&
        asksFor(spec, node),
      none: () => `no${other} node that takes pods has the labels it asks for`,
      by: lasting,
    },
    {
      fits: ({ node }) => isTolerated(spec, node),
      none: () => `it does not tolerate the taints of the${other} nodes`,
      by: lasting,
    },
    {
      fits: ({ node }) => isReachable(pod, node, layout.storage),
      none: () => `its volumes cannot be reached from the${other} nodes (${claimsText(pod, layout)})`,
      by: lasting,
    },
    {
      fits: (site) => ports.length === 0 || holderOf(ports, site) === undefined,
      none: () => `${portsText(ports)} taken on every${other} node that would take it`,
      by: pods,
    },
    {
      fits: ({ free }) => lacking(free, wanted) === undefined,
      none: (before) => roomText(wanted, before, other),
      by: (before) => (before.some((site) => isLargeEnough(site, wanted)) ? 'room' : 'lasting'),
    },
    {
      fits: together(pod, layout),
      none: () => `no${other} node is where the pods are that it has to be near (podAffinity)`,
      by: pods,
    },
    {
      fits: apart(pod, layout),
      none: () => `every${other} node that would take it has a pod it must not be near (podAntiAffinity)`,
      by: pods,
    },
    {
      fits: welcome(pod, layout),
      none: () => `pods on every${other} node that would take it do not want it near (podAntiAffinity)`,
      by: pods,
    },
    {
      fits: spread(pod, layout),
      none: () =>
        `every${other} node that would take it has too many of its kind already (${spreadText(pod)})`,
      by: pods,
    },
  ];
}

/** A second pod never gets a claim of ReadWriteOncePod (plugins/volumerestrictions). */
function otherUser(pod: PlacedPod, layout: Layout): { reason: string; claim: string } | undefined {
  const single = claimsOf(pod, layout.storage).filter(
    ([, claim]) => claim !== undefined && sharingOf(claim) === 'pod',
  );
  for (const [name] of single) {
    const user = layout.sites
      .flatMap((site) => site.pods)
      .find((each) => mounts(each, pod.metadata.namespace, name));
    const reason = `PersistentVolumeClaim/${name} is for one pod (ReadWriteOncePod) and Pod/${user?.metadata.name} uses it`;
    if (user !== undefined) return { reason, claim: name };
  }
  return undefined;
}

/** Whether a pod mounts a claim of a namespace. */
export function mounts({ metadata, spec }: PlacedPod, namespace: string | undefined, claim: string): boolean {
  return (
    metadata.namespace === namespace &&
    spec.volumes.some(({ persistentVolumeClaim: each }) => each?.claimName === claim)
  );
}

function claimsText(pod: PlacedPod, { storage }: Layout): string {
  return claimsOf(pod, storage)
    .map(([name]) => `PersistentVolumeClaim/${name}`)
    .join(', ');
}

function portsText(ports: ReturnType<typeof hostPortsOf>): string {
  const numbers = [...new Set(ports.map(({ port }) => port))].join(', ');
  return ports.length === 1 ? `the host port ${numbers} is` : `one of the host ports ${numbers} is`;
}

function spreadText({ spec }: PlacedPod): string {
  const keys = spec.topologySpreadConstraints.map(
    ({ topologyKey, maxSkew }) => `${topologyKey}, maxSkew ${maxSkew}`,
  );
  return `topologySpreadConstraints: ${keys.join('; ')}`;
}

const isLargeEnough = ({ node }: Site, wanted: Amounts): boolean =>
  Object.entries(wanted).every(
    ([name, amount]) => amount <= (quantity(node.status.allocatable[name] ?? '0') ?? 0) + 1e-6,
  );

/** Names the resource that the fewest nodes have enough of, and the node that has the most of it. */
function roomText(wanted: Amounts, sites: readonly Site[], other: string): string {
  const short = Object.entries(wanted)
    .map(([name, amount]) => ({
      name,
      enough: sites.filter(({ free }) => lacking(free, { [name]: amount }) === undefined).length,
    }))
    .toSorted((a, b) => a.enough - b.enough || (a.name < b.name ? -1 : 1))[0];
  const room = `no${other} node has room for ${amountsText(wanted)}`;
  if (short === undefined || short.enough > 0) return room;
  const [best] = sites.toSorted((a, b) => (b.free.get(short.name) ?? 0) - (a.free.get(short.name) ?? 0));
  if (best === undefined) return room;
  const most = Math.max(0, best.free.get(short.name) ?? 0);
  const told = short.name === 'pods' ? plural(most, 'pod') : amountText(short.name, most);
  return `${room}; the most that is free is ${told} on ${best.node.metadata.name}`;
}

/**
 * Puts a pod where most is left of what it asks for, as the scheduler prefers by default (NodeResourcesFit,
 * LeastAllocated). It may choose otherwise: what hangs on the choice is not certain.
 */
export function settle(pod: PlacedPod, sites: readonly Site[]): void {
  const [best] = sites.toSorted((a, b) => shareFree(b) - shareFree(a));
  if (best !== undefined) put(best, { ...pod, spec: { ...pod.spec, nodeName: best.node.metadata.name } });
}

function shareFree({ node, free }: Site): number {
  return ['cpu', 'memory', 'pods'].reduce((sum, name) => {
    const all = quantity(node.status.allocatable[name] ?? '0') ?? 0;
    return all === 0 ? sum : sum + (free.get(name) ?? 0) / all;
  }, 0);
}
