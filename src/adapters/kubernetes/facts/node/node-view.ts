import { displaced } from '../../../../actions/nodes/displaced.ts';
import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { Facts, NodeSubject } from '../../../../domain/facts/facts.ts';
import type { FactNeeds, FieldPath } from '../../../../domain/facts/needs.ts';
import { anyObject, type Node, node, type Pod, pod } from '../../client/objects.ts';
import type { Read, Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { soleWorkloads } from '../dependents/holding.ts';
import { lastChange } from '../dependents/last-change.ts';
import { type Lists, readLists } from '../dependents/lists.ts';
import { historyShape } from '../dependents/objects.ts';
import { readAround } from '../placement/around.ts';
import { type PlacedPod, placedPod } from '../placement/scheduling/placed-pod.ts';
import type { Unknowns } from '../unknowns.ts';
import { dependentsOfPods } from './dependents.ts';
import { type DaemonSet, daemonSet, placementsOf } from './placed-by-labels.ts';
import { nodeSubjectOf } from './subject.ts';
import { type Census, surveyOf } from './survey.ts';

export interface NodeView {
  readonly object: Node;
  readonly raw: unknown;
  readonly subject: NodeSubject;
  readonly neighbourhood: Dependents;
  readonly placements?: Facts['placements'];
}

/** The node that is looked at, and what for. */
interface Wanted {
  readonly name: string;
  readonly needs: FactNeeds;
  readonly writes: readonly FieldPath[];
}

/**
 * Reads a node; for labels, who places pods by them; and for an action that takes pods off it everything in the cluster
 * that has to do with them.
 */
export async function readNodeView(
  reader: Reader,
  unknowns: Unknowns,
  { name, needs, writes }: Wanted,
): Promise<Read<NodeView>> {
  const { nodePods: departure, nodeLabels: labels } = needs;
  const moving = departure !== undefined;
  const every = moving || labels !== undefined ? readPlaced(reader, unknowns) : readPlain(reader, unknowns);
  const [read, nodes, here, pods, inCluster, daemons] = await Promise.all([
    reader.get(node, resourceOf('Node', { name })),
    unknowns.orUnknown('other nodes', reader.list(node, resourceOf('Node'))),
    unknowns.orUnknown(
      'pods on the node',
      reader.list(pod, resourceOf('Pod'), { fieldSelector: `spec.nodeName=${name}` }),
    ),
    every,
    moving ? readClusterLists(reader, unknowns) : undefined,
    labels !== undefined ? readDaemonSets(reader, unknowns) : undefined,
  ]);
  if (read.kind === 'refusal') return read;
  const { value, raw } = read.value;
  const plain = nodeSubjectOf(value, here ?? [], nodes ?? []);
  const { placed } = pods;
  const around = moving && placed ? await readAround(reader, unknowns, name, placed) : undefined;
  const census = {
    nodes,
    pods: placed,
    budgets: inCluster?.budgets,
    daemonSets: inCluster?.daemonSets,
    around,
  };
  const subject = moving ? { ...plain, ...surveyOf(departure, value, census) } : plain;
  const neighbourhood = dependentsOf({ name, needs, writes }, subject, raw, pods.all, inCluster);
  const view = { object: value, raw, subject, neighbourhood };
  if (labels === undefined) return { kind: 'read', value: view };
  const placements = placementsOf(labels, name, placed ?? [], daemons ?? []);
  return { kind: 'read', value: { ...view, placements } };
}

/** With what decides where their pods can run. */
function readDaemonSets(reader: Reader, unknowns: Unknowns): Promise<readonly DaemonSet[] | undefined> {
  return unknowns.orUnknown('daemon sets', reader.list(daemonSet, resourceOf('DaemonSet')));
}

interface Pods {
  readonly all: readonly Pod[];
  readonly placed?: readonly PlacedPod[] | undefined;
}

async function readPlain(reader: Reader, unknowns: Unknowns): Promise<Pods> {
  return {
    all: (await unknowns.orUnknown('pods of the cluster', reader.list(pod, resourceOf('Pod')))) ?? [],
  };
}

/** The same with what decides where they can run. */
async function readPlaced(reader: Reader, unknowns: Unknowns): Promise<Pods> {
  const placed = await unknowns.orUnknown('pods of the cluster', reader.list(placedPod, resourceOf('Pod')));
  return { all: placed ?? [], placed };
}

type ClusterLists = Pick<Census, 'budgets' | 'daemonSets'> & {
  readonly lists: Lists;
};

async function readClusterLists(reader: Reader, unknowns: Unknowns): Promise<ClusterLists> {
  const [lists, daemonSets] = await Promise.all([
    readLists(reader, unknowns, undefined),
    unknowns.orUnknown('daemon sets', reader.list(anyObject, resourceOf('DaemonSet'))),
  ]);
  const names = daemonSets?.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return {
    lists,
    budgets: lists.budgets,
    daemonSets: names === undefined ? undefined : new Set(names),
  };
}

const critical = ['system-node-critical', 'system-cluster-critical'];

function dependentsOf(
  { name, needs: { nodePods: departure }, writes }: Wanted,
  { tenants = [], budgets = [] }: NodeSubject,
  raw: unknown,
  pods: readonly (Pod | PlacedPod)[],
  inCluster: ClusterLists | undefined,
): Dependents {
  const change = lastChange(writes, historyShape.parse(raw).metadata);
  const leaving = departure === undefined ? [] : displaced(departure, tenants);
  const uids = new Set(leaving.map(({ uid }) => uid));
  const classes = pods
    .filter(({ metadata }) => uids.has(metadata.uid))
    .map(({ spec }) => ('priorityClassName' in spec ? spec.priorityClassName : undefined));
  const priorityClass = critical.find((each) => classes.includes(each));
  return {
    ...{ budgets: [], services: [], hosts: [], dependencies: [], quotas: [], claims: [], leases: [] },
    ...(departure && inCluster && dependentsOfPods(departure, leaving, budgets, inCluster.lists)),
    ...(priorityClass === undefined ? {} : { priorityClass }),
    ...(change === undefined ? {} : { lastChange: change }),
    soleWorkloads: soleWorkloads(pods, name),
  };
}
