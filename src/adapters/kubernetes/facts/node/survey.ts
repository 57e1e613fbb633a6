import { displaced } from '../../../../actions/nodes/displaced.ts';
import type { Departure } from '../../../../domain/departure.ts';
import type { NodeSubject } from '../../../../domain/facts/facts.ts';
import type { NodeBudget, NodePod } from '../../../../domain/facts/node.ts';
import { matches } from '../../../../domain/selector.ts';
import type { Node } from '../../client/objects.ts';
import { budgetState } from '../dependents/budgets.ts';
import type { Budget } from '../dependents/objects.ts';
import { type Around, unplaceable } from '../placement/fits-nowhere.ts';
import type { PlacedPod } from '../placement/scheduling/placed-pod.ts';
import { hasEnded, isServing, workloadBehind } from '../pod.ts';
import { nodePodOf } from './node-pod.ts';

/** What was read of the cluster for an action that moves pods. Undefined: it could not be, and is noted. */
export interface Census {
  readonly pods: readonly PlacedPod[] | undefined;
  readonly nodes: readonly Node[] | undefined;
  readonly budgets: readonly Budget[] | undefined;
  /** `namespace/name` of each. */
  readonly daemonSets: ReadonlySet<string> | undefined;
  /** What else decides where pods may go; absent: nothing of it is known. */
  readonly around?: Around | undefined;
}

type Survey = Pick<NodeSubject, 'tenants' | 'owners' | 'budgets'>;

/** The pods of a node, what covers them and where they could go. Nothing of it where the pods are not known. */
export function surveyOf(departure: Departure, node: Node, census: Census): Survey {
  const { pods, nodes, daemonSets } = census;
  if (pods === undefined) return {};
  const here = pods
    .filter(({ spec }) => spec.nodeName === node.metadata.name)
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const taints = departure.by === 'taints' ? departure.taints : [];
  const plain = here.map((placed) => nodePodOf(placed, taints, daemonSets));
  const covering = (census.budgets ?? []).filter((budget) => here.some((placed) => isOver(budget, placed)));
  const moving = new Set(displaced(departure, plain).map(({ uid }) => uid));
  const unplaced = new Map(
    nodes === undefined
      ? []
      : unplaceable(
          // What nothing replaces needs no place.
          here.filter((placed) => moving.has(placed.metadata.uid) && isReplaced(placed)),
          nodes.map((each) => (each.metadata.uid === node.metadata.uid ? closed(each) : each)),
          pods,
          census.around,
        ),
  );
  return {
    tenants: here.map((placed, index) =>
      withCover(plain[index] ?? nodePodOf(placed, taints, daemonSets), placed, covering, unplaced),
    ),
    owners: ownersOf(here, pods),
    budgets: covering.map((budget) => budgetOf(budget, pods)).toSorted(byPlace),
  };
}

/** The node that is left takes none of them back. */
const closed = (node: Node): Node => ({ ...node, spec: { ...node.spec, unschedulable: true } });

function withCover(
  pod: NodePod,
  placed: PlacedPod,
  budgets: readonly Budget[],
  unplaced: ReadonlyMap<string, string>,
): NodePod {
  const names = budgets.filter((budget) => isOver(budget, placed)).map(({ metadata: { name } }) => name);
  const noPlace = unplaced.get(pod.uid);
  return {
    ...pod,
    ...(names.length === 0 ? {} : { budgets: names.toSorted() }),
    ...(noPlace === undefined ? {} : { noPlace }),
  };
}

const placeOf = ({ metadata: { namespace = '', name } }: PlacedPod): string => `${namespace}/${name}`;

/** A DaemonSet's pod has its node and no other. */
function isReplaced(placed: PlacedPod): boolean {
  const owner = workloadBehind(placed);
  return owner !== undefined && owner.kind !== 'DaemonSet' && owner.kind !== 'Node';
}

function isOver({ metadata, spec }: Budget, placed: PlacedPod): boolean {
  const { namespace, labels } = placed.metadata;
  return metadata.namespace === namespace && spec.selector != null && matches(spec.selector, labels);
}

/** A budget with what it allows, by its status and by the pods that we see. */
function budgetOf(budget: Budget, pods: readonly PlacedPod[]): NodeBudget {
  const { metadata, spec } = budget;
  const covered = pods.filter((placed) => isOver(budget, placed) && !hasEnded(placed));
  const living = covered.filter(({ metadata: { deletionTimestamp } }) => deletionTimestamp == null).length;
  const healthy = covered.filter(isServing).length;
  const { allowed, stuck, ...numbers } = budgetState(budget, { healthy, living });
  const isTighter = stuck === undefined && allowed < numbers.healthy - numbers.desired;
  return {
    ...{ namespace: metadata.namespace ?? '', name: metadata.name, ...numbers },
    ...(isTighter ? { allowed } : {}),
    ...(stuck === undefined ? {} : { stuck }),
    ...(spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? { alwaysUnready: true as const } : {}),
  };
}

function byPlace(a: NodeBudget, b: NodeBudget): number {
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
}

/** Everything that has pods here and is to have as many afterwards: Jobs and what runs once for each node is not among it. */
function ownersOf(here: readonly PlacedPod[], pods: readonly PlacedPod[]): Survey['owners'] {
  const keyOf = (placed: PlacedPod): string | undefined => {
    const owner = workloadBehind(placed);
    const once = owner === undefined || ['DaemonSet', 'Node', 'Job'].includes(owner.kind);
    return once ? undefined : `${placed.metadata.namespace} ${owner.kind}/${owner.name}`;
  };
  const ready = new Map(here.flatMap((placed) => [keyOf(placed)]).map((key) => [key, 0]));
  for (const placed of pods) {
    const key = keyOf(placed);
    const count = ready.get(key);
    if (count !== undefined && isServing(placed)) ready.set(key, count + 1);
  }
  return [...ready]
    .flatMap(([key, count]) => {
      const [namespace, owner] = key?.split(' ') ?? [];
      return namespace === undefined || owner === undefined ? [] : [{ namespace, owner, ready: count }];
    })
    .toSorted((a, b) => (`${a.namespace}/${a.owner}` < `${b.namespace}/${b.owner}` ? -1 : 1));
}
