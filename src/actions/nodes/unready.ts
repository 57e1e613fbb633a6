import type { Case } from '../../domain/case.ts';
import type { Consequence, Effect } from '../../domain/effect.ts';
import type { NodeSubject } from '../../domain/facts/facts.ts';
import type { UnreadyNode } from '../../domain/facts/unready-node.ts';
import { nothingFollows } from '../no-effect.ts';
import { listed, minutesSince } from '../sentence.ts';

/** A pod that is told to end, as sentences name it, and who starts another. */
interface Ending {
  readonly name: string;
  /** `StatefulSet/db`; undefined where nobody does. */
  readonly owner: string | undefined;
  readonly claim: boolean;
  /** No other is to be started in its place. */
  readonly stops?: boolean;
}

/** Nobody knows what becomes of the pods. */
export const endingUnknown: Effect['unknown'] = ['ending'];

/** The node of the facts where nobody confirms that pods end there. One that is known to be off needs no kubelet for it. */
export function unconfirming({ name, node }: { name: string; node: NodeSubject }): UnreadyNode | undefined {
  if (node.ready) return undefined;
  return confirmsNothing(node.unready ?? { name, reported: false });
}

export function confirmsNothing(node: UnreadyNode | undefined): UnreadyNode | undefined {
  return node?.outOfService === true ? undefined : node;
}

/** What does not wait for the old pod to be gone: all of these give new pods new names. */
const startElsewhere = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'Job']);

/** Whether a pod's owner starts another while the old one is Terminating; nobody can say it of kinds that are not known. */
export function isStartedElsewhere(owner: string | undefined): boolean {
  return owner !== undefined && startElsewhere.has(owner.split('/')[0] ?? '');
}

/**
 * What follows where pods are told to end on a node that nobody confirms it for: they stay Terminating (kubernetes.io,
 * "Force Delete StatefulSet Pods" and "Non-graceful node shutdown handling").
 */
export function unconfirmedEnds(
  node: UnreadyNode,
  endings: readonly Ending[],
  { gatheredAt }: Case['facts'],
): readonly Consequence[] {
  if (endings.length === 0) return nothingFollows;
  const names = (some: readonly Ending[]) => listed(some.map(({ name }) => name));
  const kept = endings.filter(({ owner, stops }) => !stops && !isStartedElsewhere(owner));
  const holding = endings.filter(({ claim }) => claim);
  const field = 'status.conditions[Ready]';
  const told = (sentence: string): Consequence => ({ rule: 'unready-node', asks: 'dual', sentence, field });
  return [
    told(
      `${stateOf(node, gatheredAt)}: nobody confirms that a pod has ended there. ${names(endings)} would stay Terminating until the node is back or its Node object is deleted.`,
    ),
    ...(kept.length === 0 ? [] : [told(notStarted(names(kept), kept))]),
    ...(holding.length === 0
      ? []
      : [told(`The volumes of ${names(holding)} stay attached to Node/${node.name} until then.`)]),
    told(cureOf(node)),
  ];
}

function notStarted(names: string, kept: readonly Ending[]): string {
  const owners = [...new Set(kept.flatMap(({ owner }) => (owner === undefined ? [] : [owner])))];
  const by = owners.length === 0 ? '' : ` by ${listed(owners)}`;
  return `${names} ${kept.length === 1 ? 'is' : 'are'} not started again anywhere${by} before that.`;
}

/** `Node/worker-1 has not reported for 12 minutes`. */
function stateOf({ name, reported, since }: UnreadyNode, at: string): string {
  const time = since === undefined ? '' : ` for ${minutesSince(since, at)}`;
  return reported
    ? `Node/${name} has said${time} that it is not ready`
    : `Node/${name} has not reported${time}`;
}

function cureOf({ name }: UnreadyNode): string {
  return `Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on ${name} ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one.`;
}
