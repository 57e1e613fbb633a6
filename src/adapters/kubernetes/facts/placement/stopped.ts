import { ordinalOf } from '../../../../actions/pods/told.ts';
import type { Target } from '../../../../domain/action.ts';
import type { Effect } from '../../../../domain/effect.ts';
import type { PodFact, Subject } from '../../../../domain/facts/facts.ts';
import type { Places } from '../../../../domain/facts/places.ts';
import { type Node, node } from '../../client/objects.ts';
import type { Read, Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import type { Unknowns } from '../unknowns.ts';
import { endingOn } from './silent-ends.ts';

interface Stopping {
  readonly target: Target;
  readonly subject: Subject;
  readonly effect: Effect;
}

/** Nodes that are read one by one; beyond that all of them in one answer. */
const mostNodes = 16;

/** Pods of a workload that stop, with nothing in their place, on nodes where nobody confirms it. */
export async function readStopped(
  reader: Reader,
  unknowns: Unknowns,
  change: Stopping,
): Promise<Places | undefined> {
  const stopping = stoppedBy(change);
  const names = [...new Set(stopping.flatMap((pod) => pod.node ?? []))].toSorted();
  if (names.length === 0) return undefined;
  const nodes =
    names.length > mostNodes
      ? await unknowns.orUnknown('nodes', reader.list(node, resourceOf('Node')))
      : (await Promise.all(names.map((name) => unknowns.orUnknown('nodes', ifThere(reader, name))))).flat();
  const silent = endingOn(
    stopping.map(({ name, node: on }) => ({ name, node: on })),
    (nodes ?? []).filter((each) => each !== undefined),
  );
  return silent.length === 0 ? undefined : { tried: 0, placed: 0, silent };
}

/** The pods of a node that is gone are removed by the pod garbage collector. */
async function ifThere(reader: Reader, name: string): Promise<Read<Node[]>> {
  const read = await reader.get(node, resourceOf('Node', { name }));
  if (read.kind === 'refusal') return read.status === 404 ? { kind: 'read', value: [] } : read;
  return { kind: 'read', value: [read.value.value] };
}

/**
 * Which pods may go: of a StatefulSet those with the highest ordinals; of a Deployment any, those that are not ready first
 * (ActivePodsWithRanks of controller_utils.go), so that the ready ones stay where the others are enough.
 */
export function stoppedBy({ target, subject, effect: { pods, size } }: Stopping): readonly PodFact[] {
  if (subject.kind !== 'workload' || pods.stopped === 0 || size === undefined) return [];
  const living = subject.pods.filter(({ deleting }) => !deleting);
  if (target.kind === 'StatefulSet') {
    const end = (subject.ordinals?.first ?? 0) + size.to;
    return living.filter((pod) => ordinalOf(pod) >= end);
  }
  const down = living.filter(({ ready }) => !ready);
  return down.length >= pods.stopped ? down : living;
}
