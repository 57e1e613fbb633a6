import { quantity } from '../../../../domain/text/quantity.ts';
import type { Node } from '../../client/objects.ts';
import type { PlacedPod } from './node-pod.ts';
import type { Term } from './pod-placement.ts';
import { isReady } from './subject.ts';
import { tolerates } from './tolerations.ts';

const measured = ['cpu', 'memory', 'pods'] as const;
type Amounts = Record<(typeof measured)[number], number>;

interface Room {
  readonly node: Node;
  free: Amounts;
}

/**
 * Which of the pods would find no place on the other nodes, and why, by uid: first fit, the largest first. What is left
 * out can only make it worse for a pod (affinity to other pods, topology spread, volumes bound to a zone) or better
 * (preemption, an autoscaler that adds nodes).
 *
 * @param others all nodes but the one that is left
 * @param running all pods of the cluster, for what the others have given away already
 */
export function unplaceable(
  moving: readonly PlacedPod[],
  others: readonly Node[],
  running: readonly PlacedPod[],
): Map<string, string> {
  const rooms = others
    .filter((node) => isReady(node) && !node.spec.unschedulable)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((node) => ({ node, free: freeOn(node, running) }));
  const found = new Map<string, string>();
  for (const pod of moving.toSorted(largestFirst)) {
    const reason = place(pod, rooms);
    if (reason !== undefined) found.set(pod.metadata.uid, reason);
  }
  return found;
}

/** Takes the first room that fits; a reason when none does. */
function place(pod: PlacedPod, rooms: Room[]): string | undefined {
  const matching = rooms.filter(({ node }) => selects(pod, node));
  if (matching.length === 0) return 'no other node that takes pods has the labels it asks for';
  const open = matching.filter(({ node }) => isTolerated(pod, node));
  if (open.length === 0) return 'it does not tolerate the taints of the other nodes';
  const wanted = requestsOf(pod);
  const room = open.find(({ free }) => measured.every((what) => wanted[what] <= free[what] + 1e-6));
  if (room === undefined) return `no other node has room for ${amountsText(wanted)}`;
  room.free = less(room.free, wanted);
  return undefined;
}

function freeOn({ metadata, status }: Node, running: readonly PlacedPod[]): Amounts {
  const all = amountsIn(status.allocatable);
  const here = running.filter(
    ({ spec, status: { phase } }) =>
      spec.nodeName === metadata.name && phase !== 'Succeeded' && phase !== 'Failed',
  );
  return here.map(requestsOf).reduce(less, all);
}

const less = (from: Amounts, taken: Amounts): Amounts => ({
  cpu: from.cpu - taken.cpu,
  memory: from.memory - taken.memory,
  pods: from.pods - taken.pods,
});

/** What a pod asks for: its containers together, or the init container that needs most, with sidecars and overhead (component-helpers, resource/helpers.go). */
function requestsOf({ spec }: PlacedPod): Amounts {
  const sum = (list: PlacedPod['spec']['containers'], what: 'cpu' | 'memory') =>
    list.reduce((total, { resources }) => total + (quantity(resources.requests[what] ?? '0') ?? 0), 0);
  const needs = (what: 'cpu' | 'memory') => {
    let sidecars = 0;
    let peak = 0;
    for (const init of spec.initContainers) {
      const own = sum([init], what);
      if (init.restartPolicy === 'Always') sidecars += own;
      peak = Math.max(peak, sidecars + (init.restartPolicy === 'Always' ? 0 : own));
    }
    const overhead = quantity(spec.overhead[what] ?? '0') ?? 0;
    return Math.max(sum(spec.containers, what) + sidecars, peak) + overhead;
  };
  return { cpu: needs('cpu'), memory: needs('memory'), pods: 1 };
}

function amountsIn(given: Readonly<Record<string, string>>): Amounts {
  const of = (what: keyof Amounts) => quantity(given[what] ?? '0') ?? 0;
  return { cpu: of('cpu'), memory: of('memory'), pods: of('pods') };
}

function largestFirst(a: PlacedPod, b: PlacedPod): number {
  const [first, second] = [requestsOf(a), requestsOf(b)];
  const bigger = second.memory - first.memory || second.cpu - first.cpu;
  return bigger || (a.metadata.uid < b.metadata.uid ? -1 : 1);
}

/** `500m CPU and 128Mi memory`. */
function amountsText({ cpu, memory }: Amounts): string {
  return `${Math.round(cpu * 1000)}m CPU and ${Math.round(memory / 2 ** 20)}Mi memory`;
}

function isTolerated({ spec }: PlacedPod, node: Node): boolean {
  const hard = node.spec.taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return hard.every((taint) => spec.tolerations.some((each) => tolerates(each, taint)));
}

/** nodeSelector and required node affinity: any of the terms, all of a term (kubernetes.io, "Assigning Pods to Nodes"). */
function selects({ spec }: PlacedPod, { metadata }: Node): boolean {
  const { labels, name } = metadata;
  const plain = Object.entries(spec.nodeSelector).every(([key, value]) => labels[key] === value);
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms;
  return plain && (terms === undefined || terms.some((term) => holds(term, labels, name)));
}

/** A term without any expression matches no node. */
function holds(
  { matchExpressions, matchFields }: Term,
  labels: Readonly<Record<string, string>>,
  name: string,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every(({ key, operator, values }) => compares(labels[key], operator, values)) &&
    matchFields.every(({ key, operator, values }) =>
      compares(key === 'metadata.name' ? name : undefined, operator, values),
    )
  );
}

function compares(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
