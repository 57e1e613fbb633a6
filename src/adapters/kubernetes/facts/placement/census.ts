import { anyObject, type Node, node } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import type { Unknowns } from '../unknowns.ts';
import { readStorage } from './read-storage.ts';
import { sitesFor } from './scheduling/place.ts';
import { claimNamesOf, type PlacedPod, placedPod } from './scheduling/placed-pod.ts';
import { selectsNamespaces } from './scheduling/pod-affinity.ts';
import { type Layout, layoutOf } from './scheduling/site.ts';

/** What was read of the cluster to tell where pods find a place. */
export interface PlaceCensus extends Omit<Layout, 'sites'> {
  readonly nodes: readonly Node[];
  readonly pods: readonly PlacedPod[];
}

/** Pods that are read in one answer. In a larger cluster those of some nodes tell whether there is a place. */
const mostPods = 2000;
/** Nodes that are looked at one by one then, beside those that the target's own pods are on. */
const mostNodes = 16;

/**
 * Reads nodes, pods and volumes. Undefined where it could not be read, which is noted.
 *
 * @param pod one that is to find a place
 * @param claims further claims of its namespace that others like it mount
 * @param own names of nodes on which pods of the target are
 */
export async function readCensus(
  reader: Reader,
  unknowns: Unknowns,
  {
    pod,
    claims,
    own,
  }: { readonly pod: PlacedPod; readonly claims: readonly string[]; readonly own: readonly string[] },
): Promise<PlaceCensus | undefined> {
  const { namespace = '' } = pod.metadata;
  const wanted = new Map([[namespace, [...claimNamesOf(pod.spec), ...claims]]]);
  const [nodes, some, storage] = await Promise.all([
    unknowns.orUnknown('nodes', reader.list(node, resourceOf('Node'))),
    unknowns.orUnknown('pods on the nodes', reader.listSome(placedPod, resourceOf('Pod'), mostPods)),
    readStorage(reader, unknowns, wanted),
  ]);
  if (nodes === undefined || some === undefined || storage === undefined) return undefined;
  const around = { storage, namespaces: new Map(), unread: new Set<string>() };
  const read = some.complete
    ? { pods: some.items, unread: around.unread }
    : await readByNode(reader, unknowns, { nodes, around, pod, own });
  if (read === undefined) return undefined;
  const namespaces = await readNamespaces(reader, unknowns, [pod, ...read.pods]);
  return { nodes, storage, namespaces, ...read };
}

interface Wanted {
  readonly nodes: readonly Node[];
  readonly around: Omit<Layout, 'sites'>;
  readonly pod: PlacedPod;
  readonly own: readonly string[];
}

/**
 * The pods of the namespace, which decide on affinity and spread as a rule, and all pods of some nodes that would take
 * one. The rest of the nodes is left out.
 */
async function readByNode(
  reader: Reader,
  unknowns: Unknowns,
  { nodes, around, pod, own }: Wanted,
): Promise<Pick<PlaceCensus, 'pods' | 'unread'> | undefined> {
  const { namespace } = pod.metadata;
  const near = await unknowns.orUnknown(
    'pods on the nodes',
    reader.listSome(placedPod, resourceOf('Pod', { namespace }), mostPods),
  );
  if (near === undefined) return undefined;
  if (!near.complete) {
    unknowns.add('pods on the nodes', `there are more than ${mostPods} in namespace ${namespace}`);
    return undefined;
  }
  const found = sitesFor(pod, layoutOf(nodes, near.items, around));
  const fitting = found.kind === 'sites' ? found.sites.map((site) => site.node.metadata.name) : [];
  const chosen = [...new Set([...own.slice(0, mostNodes), ...fitting.slice(0, mostNodes)])];
  const there = await Promise.all(
    chosen.map((name) =>
      unknowns.orUnknown(
        'pods on the nodes',
        reader.list(placedPod, resourceOf('Pod'), { fieldSelector: `spec.nodeName=${name}` }),
        `Node/${name}`,
      ),
    ),
  );
  const byUid = new Map(
    [...near.items, ...there.flatMap((each) => each ?? [])].map((each) => [each.metadata.uid, each]),
  );
  const names = nodes.map(({ metadata }) => metadata.name);
  return { pods: [...byUid.values()], unread: new Set(names.filter((name) => !chosen.includes(name))) };
}

/** Labels of the namespaces, where somebody tells them by these. */
export async function readNamespaces(
  reader: Reader,
  unknowns: Unknowns,
  pods: readonly PlacedPod[],
): Promise<Layout['namespaces']> {
  if (!pods.some(selectsNamespaces)) return new Map();
  const read = await unknowns.orUnknown(
    'labels of the namespaces',
    reader.listMetadata(anyObject, resourceOf('Namespace')),
  );
  return new Map((read ?? []).map(({ metadata: { name, labels } }) => [name, labels]));
}
