import { type ActionOf, describeTarget } from '../../domain/action.ts';
import { displaced } from '../../domain/displaced.ts';
import type { Facts, NodeSubject } from '../../domain/facts/facts.ts';
import type { NodePod } from '../../domain/facts/node.ts';
import type { Observation } from '../../domain/verdict.ts';
import type { Grading } from './workload.ts';

type Seen = Extract<Observation, { kind: 'node' }>;

type Homecoming = NonNullable<Seen['workloads']>[number];

const named = 3;

/**
 * Whether the pods that had to leave a node have gone, and whether their workloads have as many ready pods again as
 * before, or as many as are wanted now.
 */
export function emptied(action: ActionOf<'drain' | 'taint'>, facts: Facts, seen: Seen): Grading {
  const { subject, gatheredAt } = facts;
  const name = describeTarget(action.target);
  if (action.verb === 'drain' && !seen.unschedulable)
    return { grade: 'bad', sentence: `${name} takes new pods: somebody has uncordoned it.` };
  const unseen = `The pods of ${name} were not looked at; nothing can be said of them.`;
  if (subject.kind !== 'node' || subject.tenants === undefined) return { grade: 'error', sentence: unseen };
  const going = displaced(action, subject.tenants);
  // A plan without any eviction is one that had nobody to look for.
  if (seen.left === undefined)
    return going.length === 0
      ? { grade: 'good', sentence: done(name, going) }
      : { grade: 'error', sentence: unseen };
  return (
    remaining(name, action, subject, going, seen.left) ??
    returning(subject, going, seen.workloads ?? [], gatheredAt) ?? {
      grade: 'good',
      sentence: done(name, going),
    }
  );
}

function done(name: string, going: readonly NodePod[]): string {
  const count = going.length;
  if (count === 0) return `${name} has no pod left that had to go.`;
  const pods = count === 1 ? 'Its pod that had to go' : `All ${count} pods that had to go`;
  return `${pods} from ${name} ${count === 1 ? 'has' : 'have'} left, and what ran there is ready elsewhere.`;
}

function remaining(
  name: string,
  action: ActionOf<'drain' | 'taint'>,
  { tenants = [] }: NodeSubject,
  going: readonly NodePod[],
  left: NonNullable<Seen['left']>,
): Grading | undefined {
  const expected = new Set(going.map(({ uid }) => uid));
  const waiting = left.filter(({ uid }) => expected.has(uid));
  if (waiting.length > 0) {
    const most = Math.max(
      0,
      ...going.map(({ tolerates }) => (typeof tolerates === 'number' ? tolerates : 0)),
    );
    const grace = most === 0 ? '' : ` Some tolerate the taint for up to ${most} s.`;
    return {
      grade: 'pending',
      sentence: `${waiting.length} of ${going.length} pods are still on ${name}: ${list(waiting)}.${grace}`,
    };
  }
  if (action.verb !== 'drain') return undefined;
  const before = new Set(tenants.map(({ uid }) => uid));
  const come = left.filter(({ uid, daemon, deleting }) => !daemon && !deleting && !before.has(uid));
  return come.length === 0
    ? undefined
    : { grade: 'bad', sentence: `Pods have come to ${name} since it was cordoned: ${list(come)}.` };
}

const list = (pods: readonly { readonly namespace: string; readonly name: string }[]): string => {
  const names = pods.map(({ namespace, name }) => `${name} in ${namespace}`).toSorted();
  const rest = names.length > named ? ` and ${names.length - named} more` : '';
  return `${names.slice(0, named).join(', ')}${rest}`;
};

/**
 * A workload that had fewer ready pods than it wants need not be better off than before, and a pod that was in trouble
 * before has not been brought into it.
 */
function returning(
  { owners = [] }: NodeSubject,
  going: readonly NodePod[],
  workloads: NonNullable<Seen['workloads']>,
  since: string,
): Grading | undefined {
  const lost = owners.filter(({ namespace, owner }) =>
    going.some((pod) => pod.namespace === namespace && pod.owner === owner),
  );
  const short = lost.flatMap(({ namespace, owner, ready: before }) => {
    const now = workloads.find((each) => each.namespace === namespace && each.owner === owner);
    const ready = now?.ready ?? 0;
    const wanted = Math.min(before, now?.desired ?? before);
    if (ready >= wanted) return [];
    return [{ name: `${owner} in ${namespace}`, ready, wanted, trouble: newTrouble(now, since) }];
  });
  if (short.length === 0) return undefined;
  const stuck = short.find(({ trouble }) => trouble !== undefined);
  if (stuck !== undefined) {
    const sentence = `${stuck.name} has ${stuck.ready} of ${stuck.wanted} ready pods: ${stuck.trouble}`;
    return { grade: 'bad', sentence };
  }
  const told = short.map(({ name, ready, wanted }) => `${name} has ${ready} of ${wanted} ready pods`);
  const rest = told.length > named ? ` and ${told.length - named} more are on their way` : '';
  return { grade: 'pending', sentence: `${told.slice(0, named).join(', ')}${rest}.` };
}

/** Timestamps of the API server are whole seconds. */
function newTrouble(now: Homecoming | undefined, since: string): string | undefined {
  const { sentence, born } = now?.trouble ?? {};
  const old = born !== undefined && Date.parse(born) + 1000 < Date.parse(since);
  return sentence === undefined || old ? undefined : sentence.replace(/\.?$/, '.');
}
