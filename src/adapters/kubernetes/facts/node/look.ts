import type { Action } from '../../../../domain/action.ts';
import { displaced, movesPods, nodeLabels } from '../../../../actions/nodes/displaced.ts';
import type { Facts, NodeSubject } from '../../../../domain/facts/facts.ts';
import type { Neighbourhood } from '../../../../domain/facts/neighbourhood.ts';
import { anyObject, type Node, node, type Pod, pod } from '../../client/objects.ts';
import type { Read, Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { soleWorkloads } from '../dependents/holding.ts';
import { lastChange } from '../dependents/last-change.ts';
import { type Claimants, type Lists, readClaimants, readLists } from '../dependents/lists.ts';
import { historyShape } from '../dependents/objects.ts';
import type { Gaps } from '../unknowns.ts';
import { dependantsOf } from './dependants.ts';
import { type DaemonSet, daemonSet, placementsOf } from './placed-by-labels.ts';
import { nodeSubjectOf } from './subject.ts';
import { type Census, surveyOf } from './survey.ts';
import { type PlacedPod, placedPod } from './tenant.ts';

export interface NodeSight {
  readonly object: Node;
  readonly raw: unknown;
  readonly subject: NodeSubject;
  readonly neighbourhood: Neighbourhood;
  readonly placements?: Facts['placements'];
}

/**
 * Reads a node; for labels, who places pods by them; and for an action that takes pods off it everything in the cluster
 * that has to do with them.
 */
export async function lookAtNode(
  reader: Reader,
  gaps: Gaps,
  action: Action,
  name: string,
): Promise<Read<NodeSight>> {
  const moving = movesPods(action);
  const labels = nodeLabels(action);
  const every = moving || labels.length > 0 ? readPlaced(reader, gaps) : readPlain(reader, gaps);
  const [read, nodes, here, pods, around, daemons] = await Promise.all([
    reader.get(node, resourceOf('Node', { name })),
    gaps.fill('other nodes', reader.list(node, resourceOf('Node'))),
    gaps.fill(
      'pods on the node',
      reader.list(pod, resourceOf('Pod'), { fieldSelector: `spec.nodeName=${name}` }),
    ),
    every,
    moving ? readAround(reader, gaps) : undefined,
    labels.length > 0 ? readDaemonSets(reader, gaps) : undefined,
  ]);
  if (read.kind === 'refusal') return read;
  const { value, raw } = read.value;
  const plain = nodeSubjectOf(value, here ?? [], nodes ?? []);
  const census = { nodes, pods: pods.placed, budgets: around?.budgets, daemonSets: around?.daemonSets };
  const subject = moving ? { ...plain, ...surveyOf(action, value, census) } : plain;
  const neighbourhood = neighbourhoodOf(action, subject, raw, pods.all, around);
  const sight = { object: value, raw, subject, neighbourhood };
  if (labels.length === 0) return { kind: 'read', value: sight };
  const placements = placementsOf(labels, name, pods.placed ?? [], daemons ?? []);
  return { kind: 'read', value: { ...sight, placements } };
}

/** With what decides where their pods can run. */
function readDaemonSets(reader: Reader, gaps: Gaps): Promise<readonly DaemonSet[] | undefined> {
  return gaps.fill('daemon sets', reader.list(daemonSet, resourceOf('DaemonSet')));
}

interface Pods {
  readonly all: readonly Pod[];
  readonly placed?: readonly PlacedPod[] | undefined;
}

async function readPlain(reader: Reader, gaps: Gaps): Promise<Pods> {
  return { all: (await gaps.fill('pods of the cluster', reader.list(pod, resourceOf('Pod')))) ?? [] };
}

/** The same with what decides where they can run. */
async function readPlaced(reader: Reader, gaps: Gaps): Promise<Pods> {
  const placed = await gaps.fill('pods of the cluster', reader.list(placedPod, resourceOf('Pod')));
  return { all: placed ?? [], placed };
}

type Around = Pick<Census, 'budgets' | 'daemonSets'> & {
  readonly lists: Lists;
  readonly claimants: Claimants;
};

async function readAround(reader: Reader, gaps: Gaps): Promise<Around> {
  const [lists, claimants, daemonSets] = await Promise.all([
    readLists(reader, gaps, undefined),
    readClaimants(reader, gaps, undefined),
    gaps.fill('daemon sets', reader.list(anyObject, resourceOf('DaemonSet'))),
  ]);
  const names = daemonSets?.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return {
    lists,
    claimants,
    budgets: lists.budgets,
    daemonSets: names === undefined ? undefined : new Set(names),
  };
}

const critical = ['system-node-critical', 'system-cluster-critical'];

function neighbourhoodOf(
  action: Action,
  { tenants = [], budgets = [] }: NodeSubject,
  raw: unknown,
  pods: readonly (Pod | PlacedPod)[],
  around: Around | undefined,
): Neighbourhood {
  const change = lastChange(action, historyShape.parse(raw).metadata);
  const leaving = displaced(action, tenants);
  const uids = new Set(leaving.map(({ uid }) => uid));
  const classes = pods
    .filter(({ metadata }) => uids.has(metadata.uid))
    .map(({ spec }) => ('priorityClassName' in spec ? spec.priorityClassName : undefined));
  const priorityClass = critical.find((each) => classes.includes(each));
  return {
    ...{ budgets: [], services: [], hosts: [], dependencies: [], quotas: [], claims: [], leases: [] },
    ...(around === undefined ? {} : dependantsOf(action, leaving, budgets, around)),
    ...(priorityClass === undefined ? {} : { priorityClass }),
    ...(change === undefined ? {} : { lastChange: change }),
    soleWorkloads: soleWorkloads(pods, action.target.name),
  };
}
