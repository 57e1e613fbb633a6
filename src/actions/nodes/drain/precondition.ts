import type { Case } from '../../../domain/case.ts';
import type { Facts, NodeSubject } from '../../../domain/facts/facts.ts';
import type { NodePod } from '../../../domain/facts/node.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { listed } from '../../sentence.ts';
import { nodeOf } from '../../subject.ts';
import { endingIn, has, leaving, type PodDeleteStatus, podDeleteStatusOf, podName } from '../displaced.ts';
import { lastNode } from '../schedulable.ts';
import { departure } from './departure.ts';

type Held = Exclude<PodDeleteStatus, 'evicted' | 'stays'>;

/** In the order of kubectl's filters: what stands in the way, and the flag that takes it out of it. */
const reasons: Readonly<Record<Held, (pods: string, many: boolean) => string>> = {
  daemon: (pods, many) =>
    `${pods} ${many ? 'belong to DaemonSets' : 'belongs to a DaemonSet'}, which would start another here at once: leave ${many ? 'them' : 'it'} with --ignore-daemonsets.`,
  orphan: (pods, many) =>
    `The DaemonSet of ${pods} is gone, so nothing brings ${many ? 'them' : 'it'} back: --force takes ${many ? 'them' : 'it'} away all the same.`,
  emptyDir: (pods, many) =>
    `${pods} ${many ? 'have' : 'has'} an emptyDir volume, whose data would be gone: --delete-emptydir-data accepts that.`,
  bare: (pods, many) =>
    `${pods} ${many ? 'have' : 'has'} no controller, so nothing brings ${many ? 'them' : 'it'} back: --force takes ${many ? 'them' : 'it'} away all the same.`,
};

/** What `kubectl drain` refuses as well, because of one pod for the whole node; and pods that nobody could list. */
export function precondition(judged: Case<'drain'>): readonly Obstacle[] {
  const node = nodeOf(judged);
  if (node === undefined) return noObstacle;
  const own = obstacles('drain-possible', judged, 'pods', ...inTheWay(judged, node));
  return [...lastNode(judged), ...own];
}

function inTheWay({ action, facts }: Case<'drain'>, node: NodeSubject): readonly string[] {
  const name = nameOf(action.target);
  const { tenants, unschedulable } = node;
  if (tenants === undefined)
    return [`The pods on ${name} are not known (${whyUnknown(facts)}): nothing can be said of them.`];
  const stuck = Object.entries(reasons).flatMap(([status, say]) => {
    const held: NodePod[] = tenants.filter((pod) => podDeleteStatusOf(pod, action) === status);
    return held.length === 0 ? [] : [say(listed(held.map(podName)), held.length > 1)];
  });
  if (stuck.length > 0) return stuck;
  const going = leaving(departure(action), tenants).filter((pod) => !has(pod, 'deleting'));
  if (!unschedulable || going.length > 0) return [];
  const ending = endingIn(departure(action), tenants);
  const waits =
    ending.length === 0
      ? ''
      : `; ${listed(ending.map(podName))} ${ending.length === 1 ? 'is' : 'are'} on the way out`;
  return [`${name} is cordoned already, and no pod on it has to go${waits}.`];
}

function whyUnknown({ unknown }: Facts): string {
  return unknown.find(({ fact }) => fact === 'pods of the cluster')?.reason ?? 'not read';
}
