import type { PodFact } from '../../domain/facts/facts.ts';

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
 * What is wrong with a pod, or undefined. Compared by uid with the pods from before the change, because a
 * StatefulSet uses names again: a new pod must not have restarted at all, an old one not since.
 */
export function crashOf(pod: PodFact, before: readonly PodFact[]): string | undefined {
  if (pod.waiting !== undefined && crashReasons.includes(pod.waiting)) {
    return `Pod ${pod.name} is in ${pod.waiting}${lastEnd(pod)}`;
  }
  const restarts = pod.restarts - (before.find(({ uid }) => uid === pod.uid)?.restarts ?? 0);
  if (restarts <= 0) return undefined;
  return `Pod ${pod.name} has restarted ${restarts === 1 ? 'once' : `${restarts} times`} since the change${lastEnd(pod)}`;
}

function lastEnd(pod: PodFact): string {
  return pod.terminated === undefined ? '' : ` (last ended: ${pod.terminated})`;
}

export function isNew(pod: PodFact, before: readonly PodFact[]): boolean {
  return !before.some(({ uid }) => uid === pod.uid);
}
