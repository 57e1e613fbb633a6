import { type Fate, fateOf, has, leaving, podName } from '../../../domain/displaced.ts';
import type { NodePod } from '../../../domain/facts/node.ts';
import { block, type Finding, nodeOf, nothing, type Rule, sourceOf } from '../rule.ts';
import { listed } from '../sentence.ts';

type Obstacle = Exclude<Fate, 'evicted' | 'stays'>;

/** In the order of kubectl's filters: what stands in the way, and the flag that takes it out of it. */
const obstacles: Readonly<Record<Obstacle, (pods: string, many: boolean) => string>> = {
  daemon: (pods, many) =>
    `${pods} ${many ? 'belong to DaemonSets' : 'belongs to a DaemonSet'}, which would start another here at once: leave ${many ? 'them' : 'it'} with --ignore-daemonsets.`,
  orphan: (pods, many) =>
    `The DaemonSet of ${pods} is gone, so nothing brings ${many ? 'them' : 'it'} back: --force takes ${many ? 'them' : 'it'} away all the same.`,
  emptyDir: (pods, many) =>
    `${pods} ${many ? 'have' : 'has'} an emptyDir volume, whose data would be gone: --delete-emptydir-data accepts that.`,
  bare: (pods, many) =>
    `${pods} ${many ? 'have' : 'has'} no controller, so nothing brings ${many ? 'them' : 'it'} back: --force takes ${many ? 'them' : 'it'} away all the same.`,
};

/** Block: what `kubectl drain` refuses as well, because of one pod for the whole node; and pods that nobody could list. */
export const drainPossible: Rule = (input) => {
  const { action, facts } = input;
  const node = nodeOf(input);
  if (action.verb !== 'drain' || node === undefined) return nothing;
  const source = sourceOf(input, 'pods');
  if (node.tenants === undefined) {
    const why = facts.unknown.find(({ fact }) => fact === 'pods of the cluster')?.reason ?? 'not read';
    return [block(`The pods on ${input.name} are not known (${why}): nothing can be said of them.`, source)];
  }
  const tenants = node.tenants;
  const going = leaving(action, tenants).filter((tenant) => !has(tenant, 'deleting'));
  const stuck = Object.entries(obstacles).flatMap(([obstacle, say]): Finding[] => {
    const held: NodePod[] = tenants.filter((tenant) => fateOf(tenant, action) === obstacle);
    return held.length === 0 ? [] : [block(say(listed(held.map(podName)), held.length > 1), source)];
  });
  const idle = node.unschedulable && going.length === 0 && stuck.length === 0;
  return idle ? [block(`${input.name} is cordoned already, and no pod on it has to go.`, source)] : stuck;
};
