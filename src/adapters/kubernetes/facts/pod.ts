import type { PodFact } from '../../../domain/facts/facts.ts';
import type { OwnerReference, Pod, Selector } from '../client/objects.ts';
import { containersOf, restartsOf, sidecarsReady, troubledContainers, waitingFor } from './pod-containers.ts';
import { terminationOf } from './termination.ts';

/** What the workflow knows of a pod; its containers as kubectl counts them. */
export function podFactOf(pod: Pod): PodFact {
  const { metadata, spec, status } = pod;
  const known = containersOf(pod);
  const containers = troubledContainers(known);
  const restarts = restartsOf(known);
  const waiting = waitingFor(containers);
  const terminated =
    containers.find((each) => each.terminated !== undefined)?.terminated ??
    (status.phase === 'Failed' ? status.reason : undefined);
  const hash = metadata.labels['pod-template-hash'] ?? metadata.labels['controller-revision-hash'];
  const ready = status.conditions.some(({ type, status: held }) => type === 'Ready' && held === 'True');
  return {
    name: metadata.name,
    uid: metadata.uid,
    ready: ready && sidecarsReady(known),
    restarts,
    deleting: Boolean(metadata.deletionTimestamp),
    ...terminationOf(metadata),
    ...(containers.length === 0 && restarts === 0 ? {} : { containers }),
    ...(waiting === undefined ? {} : { waiting }),
    ...(terminated === undefined ? {} : { terminated }),
    ...(hash === undefined ? {} : { hash }),
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
  };
}

/**
 * A pod that has ended for good (evicted, or run to completion). Controllers count it no more
 * (FilterActivePods in controller_utils.go) and nothing brings it back, so it is neither ready nor failing.
 */
export function hasEnded({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

/** Whether a pod is ready and stays: one that is told to end is no capacity any more. */
export function isServing(pod: Pod): boolean {
  const { ready, deleting } = podFactOf(pod);
  return ready && !deleting && !hasEnded(pod);
}

/** The owner that manages an object; there is at most one. */
export function controllerOf({
  metadata,
}: {
  metadata: { ownerReferences: OwnerReference[] };
}): OwnerReference | undefined {
  return metadata.ownerReferences.find(({ controller }) => controller === true);
}

/** The kubelet's own pods, read from a file of the node; the API only mirrors them. */
export function isMirror({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return 'kubernetes.io/config.mirror' in metadata.annotations;
}

/**
 * What replaces a pod; undefined for a bare one. The Deployment behind a ReplicaSet is known by name: the ReplicaSet is
 * called after it and the template's hash.
 */
export function workloadBehind({
  metadata,
}: Pick<Pod, 'metadata'>): { kind: string; name: string } | undefined {
  const owner = controllerOf({ metadata });
  if (owner === undefined) return undefined;
  const ending = `-${metadata.labels['pod-template-hash']}`;
  if (owner.kind === 'ReplicaSet' && owner.name.endsWith(ending))
    return { kind: 'Deployment', name: owner.name.slice(0, -ending.length) };
  return { kind: owner.kind, name: owner.name };
}

/** A label selector as the query parameter `labelSelector` takes it. */
export function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...equal, ...others].join(',');
}
