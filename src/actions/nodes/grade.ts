import { describeTarget } from '../../domain/action.ts';
import type { NodeSubject } from '../../domain/facts/facts.ts';
import type { NodePod } from '../../domain/facts/node.ts';
import {
  bad,
  error,
  type Grading,
  good,
  type Measurement,
  type ObservationOf,
  pending,
} from '../measurement.ts';
import { plural } from '../obstacle.ts';
import { nodeOf } from '../subject.ts';

type NodeObservation = ObservationOf<'node'>;
type Left = NonNullable<NodeObservation['left']>;
type Homecoming = NonNullable<NodeObservation['workloads']>[number];

/** Who had to leave the node. */
export interface Emptying {
  readonly going: (tenants: readonly NodePod[]) => readonly NodePod[];
  /** Those that were on their way out already and have to be gone as well. */
  readonly ending?: (tenants: readonly NodePod[]) => readonly NodePod[];
  /** Whether nobody else may come to it. */
  readonly closed: boolean;
}

const named = 3;

/**
 * Whether the pods that had to leave a node have gone, and whether their workloads have as many ready pods again as
 * before, or as many as are wanted now.
 */
export function gradeEmptied(
  { action, facts }: Measurement<'drain' | 'taint'>,
  seen: NodeObservation,
  { going, ending, closed }: Emptying,
): Grading {
  const name = describeTarget(action.target);
  const unseen = error(`The pods of ${name} were not looked at; nothing can be said of them.`);
  const subject = nodeOf({ facts });
  if (subject?.tenants === undefined) return unseen;
  const gone = going(subject.tenants);
  // A plan without any eviction is one that had nobody to look for.
  if (seen.left === undefined) return gone.length === 0 ? good(done(name, gone)) : unseen;
  return (
    waitingFor(name, [...gone, ...(ending?.(subject.tenants) ?? [])], seen) ??
    (closed ? newcomers(name, subject.tenants, seen.left) : undefined) ??
    returning(subject, gone, seen.workloads ?? [], facts.gatheredAt) ??
    good(done(name, gone))
  );
}

function done(name: string, going: readonly NodePod[]): string {
  const count = going.length;
  if (count === 0) return `${name} has no pod left that had to go.`;
  const pods = count === 1 ? 'Its pod that had to go' : `All ${count} pods that had to go`;
  return `${pods} from ${name} ${count === 1 ? 'has' : 'have'} left, and what ran there is ready elsewhere.`;
}

function waitingFor(
  name: string,
  going: readonly NodePod[],
  { left = [], ready }: NodeObservation,
): Grading | undefined {
  const expected = new Set(going.map(({ uid }) => uid));
  const waiting = left.filter(({ uid }) => expected.has(uid));
  if (waiting.length === 0) return undefined;
  const most = Math.max(0, ...going.map(({ tolerates }) => (typeof tolerates === 'number' ? tolerates : 0)));
  const grace = most === 0 ? '' : ` Some tolerate the taint for up to ${most} s.`;
  const silent = ready ? '' : ` ${name} is not ready: nobody confirms that they have ended.`;
  return pending(
    `${waiting.length} of ${plural(going.length, 'pod')} ${waiting.length === 1 ? 'is' : 'are'} still on ${name}: ${list(waiting)}.${grace}${silent}`,
  );
}

function newcomers(name: string, tenants: readonly NodePod[], left: Left): Grading | undefined {
  const before = new Set(tenants.map(({ uid }) => uid));
  const come = left.filter(({ uid, daemon, deleting }) => !daemon && !deleting && !before.has(uid));
  return come.length === 0
    ? undefined
    : bad(`Pods have come to ${name} since it was cordoned: ${list(come)}.`);
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
  workloads: readonly Homecoming[],
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
    return bad(`${stuck.name} has ${stuck.ready} of ${stuck.wanted} ready pods: ${stuck.trouble}`);
  }
  const told = short.map(({ name, ready, wanted }) => `${name} has ${ready} of ${wanted} ready pods`);
  const rest = told.length > named ? ` and ${told.length - named} more are on their way` : '';
  return pending(`${told.slice(0, named).join(', ')}${rest}.`);
}

/** Timestamps of the API server are whole seconds. */
function newTrouble(now: Homecoming | undefined, since: string): string | undefined {
  const { sentence, born } = now?.trouble ?? {};
  const old = born !== undefined && Date.parse(born) + 1000 < Date.parse(since);
  return sentence === undefined || old ? undefined : sentence.replace(/\.?$/, '.');
}

/** Whether a node is closed to new pods or open to them, as it was made. */
export function gradeSchedulable(name: string, { unschedulable }: NodeObservation, wanted: boolean): Grading {
  const state = unschedulable ? 'takes no new pods' : 'takes new pods';
  return unschedulable === wanted
    ? good(`${name} ${state}.`)
    : bad(`${name} ${state}: somebody has changed it back.`);
}
