import type { PodFact } from '../../domain/facts/facts.ts';

type ContainerFact = NonNullable<PodFact['containers']>[number];

/** Reasons of a waiting container that do not pass by themselves (kubelet, pkg/kubelet/images and kuberuntime). */
const crashReasons: readonly string[] = [
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'InvalidImageName',
  'RunContainerError',
];

/**
 * Restarts from which on an init container in CrashLoopBackOff is a failure. Many wait for something by ending with an
 * error until it is there; the kubelet backs off from the second end on, so this is the fourth, after half a minute.
 */
const patience = 3;

/**
 * What is wrong with a pod, or undefined. Compared by uid with the pods from before the change, because a
 * StatefulSet uses names again: a new pod must not have restarted at all, an old one not since. Containers are
 * compared each with itself; an init container that is tried again is no restart of the pod.
 */
export function crashOf(pod: PodFact, before: readonly PodFact[]): string | undefined {
  return stuckIn(pod) ?? restarted(pod, before);
}

/** The reason for which a pod does not come up by itself, or undefined. */
export function stuckIn(pod: PodFact): string | undefined {
  const stuck = containersOf(pod).find(isStuck);
  if (stuck === undefined) return undefined;
  const prefix = stuck.role === 'main' ? '' : 'Init:';
  return `Pod ${pod.name} is in ${prefix}${stuck.waiting}${told(stuck)}`;
}

function isStuck({ role, waiting, restarts }: ContainerFact): boolean {
  if (waiting === undefined || !crashReasons.includes(waiting)) return false;
  return role !== 'init' || waiting !== 'CrashLoopBackOff' || restarts >= patience;
}

function restarted(pod: PodFact, before: readonly PodFact[]): string | undefined {
  const earlier = before.find(({ uid }) => uid === pod.uid);
  const since = lasting(pod, earlier)
    .map((each) => ({ each, restarts: each.restarts - restartsBefore(each, earlier) }))
    .find(({ restarts }) => restarts > 0);
  if (since === undefined) return undefined;
  const { each, restarts } = since;
  return `Pod ${pod.name} has restarted ${restarts === 1 ? 'once' : `${restarts} times`} since the change${told(each)}`;
}

/** Those that run as long as the pod does; older rows know the restarts of the pod as a whole only. */
function lasting(pod: PodFact, earlier: PodFact | undefined): readonly ContainerFact[] {
  const isOld = earlier !== undefined && earlier.containers === undefined && earlier.restarts > 0;
  const known = isOld ? containersOf({ ...pod, containers: undefined }) : containersOf(pod);
  return known.filter(({ role }) => role !== 'init');
}

function restartsBefore({ name }: ContainerFact, earlier: PodFact | undefined): number {
  if (earlier === undefined) return 0;
  return containersOf(earlier).find((each) => each.name === name)?.restarts ?? 0;
}

/** Where nothing is known of the containers by name, the pod is taken for its only one. */
function containersOf({ containers, restarts, waiting, terminated }: PodFact): readonly ContainerFact[] {
  return containers ?? [{ name: '', role: 'main', restarts, waiting, terminated }];
}

const roles = { main: 'container', sidecar: 'sidecar', init: 'init container' } as const;

function told({ name, role, terminated }: ContainerFact): string {
  const parts = [
    ...(name === '' ? [] : [`${roles[role]} ${name}`]),
    ...(terminated === undefined ? [] : [`last ended: ${terminated}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

export function isNew(pod: PodFact, before: readonly PodFact[]): boolean {
  return !before.some(({ uid }) => uid === pod.uid);
}
