import type { z } from 'zod';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { AnyObject, Pod, Selector } from '../client/objects.ts';
import { daemonSet, deployment, statefulSet } from '../client/objects.ts';
import type { Read, Reader } from '../client/read.ts';
import type { Resource } from '../client/resource.ts';
import { resourceOf } from '../client/resource.ts';
import { podFactOf } from './pod.ts';
import { daemonSetStrategy, deploymentStrategy, statefulSetStrategy } from './strategy.ts';

type Numbers = Pick<
  WorkloadSubject,
  'desired' | 'ready' | 'updated' | 'available' | 'observedGeneration' | 'paused' | 'strategy' | 'rollingOut'
>;

/** A Deployment, StatefulSet or DaemonSet in one shape, before anything else is read. */
export interface Workload extends Numbers {
  readonly kind: WorkloadKind;
  readonly metadata: AnyObject['metadata'];
  readonly selector: Selector;
  readonly containers: WorkloadSubject['containers'];
  readonly unproven: readonly string[];
  /** All pods that the controller counts, old revisions included. */
  readonly total: number;
  readonly claimTemplates: number;
  readonly restartedAt?: string | undefined;
  readonly progressDeadlineExceeded: boolean;
  readonly replicaFailure?: string | undefined;
  readonly heldUpBy?: WorkloadSubject['heldUpBy'];
  readonly ordinals?: WorkloadSubject['ordinals'];
  /** When a Deployment's live revision last got on: its pods were all there by then, if they ever were. */
  readonly progressedAt?: string | undefined;
  /** Name of the ControllerRevision a StatefulSet rolls towards. */
  readonly updateRevision?: string | undefined;
}

/**
 * Its ready pods without those that are told to end. A Deployment's status leaves these out by itself (getReplicaSetStatus
 * counts active pods); those of a StatefulSet (stateful_set_control.go) and of a DaemonSet count them until they are gone.
 */
export function readyBut({ kind, ready }: Pick<Workload, 'kind' | 'ready'>, pods: readonly Pod[]): number {
  if (kind === 'Deployment') return ready;
  const going = pods.map(podFactOf).filter((pod) => pod.ready && pod.deleting).length;
  return Math.max(0, ready - going);
}

type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';
export interface WorkloadTarget {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/** Reads a workload. `raw` is the object as the API server sent it. */
export async function readWorkload(
  reader: Reader,
  target: WorkloadTarget,
): Promise<Read<{ value: Workload; raw: unknown }>> {
  const resource = resourceOf(target.kind, { namespace: target.namespace, name: target.name });
  switch (target.kind) {
    case 'Deployment':
      return readAs(reader, resource, deployment, fromDeployment);
    case 'StatefulSet':
      return readAs(reader, resource, statefulSet, fromStatefulSet);
    case 'DaemonSet':
      return readAs(reader, resource, daemonSet, fromDaemonSet);
  }
}

async function readAs<T>(
  reader: Reader,
  resource: Resource,
  schema: z.ZodType<T>,
  map: (object: T) => Workload,
): Promise<Read<{ value: Workload; raw: unknown }>> {
  const read = await reader.get(schema, resource);
  if (read.kind === 'refusal') return read;
  return { kind: 'read', value: { value: map(read.value.value), raw: read.value.raw } };
}

/** A rollout is over when the controller has caught up and no pod of another revision is left. */
function fromDeployment({ metadata, spec, status }: z.infer<typeof deployment>): Workload {
  const caughtUp = status.observedGeneration >= metadata.generation;
  const held = (type: string) => status.conditions.find((condition) => condition.type === type);
  const progressing = held('Progressing');
  const failure = held('ReplicaFailure');
  return {
    kind: 'Deployment',
    ...common(metadata, spec),
    desired: spec.replicas,
    ready: status.readyReplicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    total: status.replicas,
    observedGeneration: status.observedGeneration,
    paused: spec.paused,
    strategy: deploymentStrategy(spec.strategy, spec.replicas),
    rollingOut:
      !caughtUp || status.updatedReplicas < spec.replicas || status.replicas > status.updatedReplicas,
    claimTemplates: 0,
    progressDeadlineExceeded: progressing?.reason === 'ProgressDeadlineExceeded',
    progressedAt: progressing?.lastUpdateTime ?? undefined,
    replicaFailure: failure?.status === 'True' ? (failure.message ?? failure.reason) : undefined,
  };
}

/** Pods below `partition` are left at the old revision on purpose (rollout_status.go of kubectl). */
function fromStatefulSet({ metadata, spec, status }: z.infer<typeof statefulSet>): Workload {
  const caughtUp = status.observedGeneration >= metadata.generation;
  const strategy = statefulSetStrategy(spec.updateStrategy, spec.replicas);
  const partition = strategy.type === 'RollingUpdate' ? strategy.partition : spec.replicas;
  return {
    kind: 'StatefulSet',
    ...common(metadata, spec),
    desired: spec.replicas,
    ready: status.readyReplicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    total: status.replicas,
    observedGeneration: status.observedGeneration,
    paused: false,
    strategy,
    rollingOut: !caughtUp || status.updatedReplicas < spec.replicas - partition,
    claimTemplates: spec.volumeClaimTemplates.length,
    progressDeadlineExceeded: false,
    updateRevision: status.updateRevision,
    heldUpBy: heldUpBy(spec),
    ordinals: { first: spec.ordinals?.start ?? 0, inOrder: spec.podManagementPolicy !== 'Parallel' },
  };
}

/**
 * An OrderedReady set does nothing while any of its pods is not ready (processReplica of stateful_set_control.go, and
 * "Forced rollback" of kubernetes.io, "StatefulSets"). A Parallel one replaces such a pod, but not where maxUnavailable is
 * stored, which is only so with the feature gate MaxUnavailableStatefulSet: there it waits once so many are not ready
 * (updateStatefulSetAfterInvariantEstablished, 1.36).
 */
function heldUpBy({
  podManagementPolicy,
  ordinals,
  updateStrategy,
  replicas,
}: z.infer<typeof statefulSet>['spec']): WorkloadSubject['heldUpBy'] {
  if (updateStrategy?.type === 'OnDelete') return undefined;
  const firstOrdinal = ordinals?.start ?? 0;
  if (podManagementPolicy !== 'Parallel') return { pods: 1, firstOrdinal };
  if (updateStrategy?.rollingUpdate?.maxUnavailable == null) return undefined;
  const strategy = statefulSetStrategy(updateStrategy, replicas);
  return strategy.type === 'RollingUpdate'
    ? { pods: Math.max(1, strategy.maxUnavailable), firstOrdinal }
    : undefined;
}

function fromDaemonSet({ metadata, spec, status }: z.infer<typeof daemonSet>): Workload {
  const caughtUp = status.observedGeneration >= metadata.generation;
  const strategy = daemonSetStrategy(spec.updateStrategy, status.desiredNumberScheduled);
  const behind = status.updatedNumberScheduled < status.desiredNumberScheduled;
  return {
    kind: 'DaemonSet',
    ...common(metadata, spec),
    desired: status.desiredNumberScheduled,
    ready: status.numberReady,
    updated: status.updatedNumberScheduled,
    available: status.numberAvailable,
    total: status.currentNumberScheduled,
    observedGeneration: status.observedGeneration,
    paused: false,
    strategy,
    rollingOut: !caughtUp || (strategy.type !== 'OnDelete' && behind),
    claimTemplates: 0,
    progressDeadlineExceeded: false,
  };
}

function common(
  metadata: AnyObject['metadata'],
  spec: Pick<z.infer<typeof daemonSet>['spec'], 'selector' | 'template' | 'minReadySeconds'>,
) {
  const { containers, initContainers } = spec.template.spec;
  const numbered =
    (init: boolean) =>
    ({ name, image }: { name: string; image: string }, index: number) => ({ name, image, init, index });
  const unprobed = containers.filter(({ readinessProbe }) => readinessProbe == null);
  return {
    metadata,
    selector: spec.selector,
    containers: [...containers.map(numbered(false)), ...initContainers.map(numbered(true))],
    unproven: spec.minReadySeconds > 0 ? [] : unprobed.map(({ name }) => name),
    restartedAt: spec.template.metadata?.annotations['kubectl.kubernetes.io/restartedAt'],
  };
}
