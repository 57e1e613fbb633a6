import { mostTargets } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Consequence, SizeChange } from '../../domain/effect.ts';
import type { PodFact, WorkloadSubject } from '../../domain/facts/facts.ts';
import { nothingFollows } from '../no-effect.ts';
import { nameOf, plural } from '../obstacle.ts';
import { deletePodCommand } from '../pods/delete-pod/command.ts';
import { ordinalOf, withStates } from '../pods/told.ts';
import { undoCommand } from '../rollout/undo/command.ts';

/**
 * Pods that keep an OrderedReady StatefulSet from another number of pods. It starts none before all that come before it are
 * ready, takes none away before all that stay are ready, and of those that go it takes one that is not ready only while no
 * other is before it (processReplica and processCondemned of stateful_set_control.go). What is Terminating goes by itself.
 */
export function heldUpInOrder(
  judged: Pick<Case, 'action'>,
  workload: WorkloadSubject,
  size: SizeChange,
): readonly Consequence[] {
  const { ordinals, pods } = workload;
  if (ordinals?.inOrder !== true || size.from === size.to) return nothingFollows;
  const end = ordinals.first + size.to;
  const down = pods.filter(({ ready, deleting }) => !ready && !deleting);
  const staying = down.filter((pod) => ordinalOf(pod) < end);
  if (staying.length > 0) return [told(heldBy(judged, staying, workload, size))];
  const going = down.filter((pod) => ordinalOf(pod) >= end).toSorted((a, b) => ordinalOf(a) - ordinalOf(b));
  return going.length < 2 ? nothingFollows : [told(keptBy(judged, going))];
}

const told = (sentence: string): Consequence => ({
  ...({ rule: 'held-up-scale', asks: 'human' } as const),
  ...{ sentence, field: 'spec.podManagementPolicy' },
});

function heldBy(
  { action: { target } }: Pick<Case, 'action'>,
  staying: readonly PodFact[],
  workload: WorkloadSubject,
  { from, to }: SizeChange,
): string {
  const name = nameOf(target);
  const them = staying.length === 1 ? 'it is' : 'they are';
  const waits =
    to > from
      ? `${name} starts its pods in order: ${to - from === 1 ? 'the new pod does' : `the ${to - from} new pods do`} not come before ${them} ready`
      : `${name} takes its pods away in order: ${to - from === -1 ? 'no pod goes' : `none of ${plural(from - to, 'pod')} goes`} before ${them} ready`;
  return `${withStates(staying)}: ${waits}. ${cureOf(target, staying, workload)}`;
}

function cureOf(
  target: Case['action']['target'],
  pods: readonly PodFact[],
  { revisions }: WorkloadSubject,
): string {
  const deletion = deletionOf(target, pods);
  if (target.kind !== 'StatefulSet' || revisions.length < 2) return `See to that first, as with ${deletion}`;
  const { namespace, name } = target;
  const set = { kind: 'StatefulSet', namespace, name } as const;
  const undo = `kubectl ${undoCommand.print({ verb: 'rollout undo', target: set })} -n ${namespace}`;
  return `See to that first: where its template is at fault with ${undo}, else with ${deletion}`;
}

/** The highest is taken first, and only the lowest of them would be taken as it is. */
function keptBy({ action: { target } }: Pick<Case, 'action'>, going: readonly PodFact[]): string {
  const kept = going.slice(1);
  const one = kept.length === 1;
  return `${withStates(kept)} ${one ? 'does' : 'do'} not go by ${one ? 'itself' : 'themselves'}: ${nameOf(target)} takes a pod away in order, and waits for ${one ? 'it' : 'each'} to be ready before that. Once the replicas are set, ${deletionOf(target, kept)} lets it go on.`;
}

function deletionOf(target: Case['action']['target'], pods: readonly PodFact[]): string {
  const { namespace } = { namespace: '', ...target };
  const names = pods.slice(0, mostTargets).map(({ name }) => name);
  const them = { kind: 'Pod', namespace, names } as const;
  return `kubectl ${deletePodCommand.print({ verb: 'delete pod', target: them })} -n ${namespace}`;
}
