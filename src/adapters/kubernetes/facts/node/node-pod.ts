import { type NodePod, type Trait, traits } from '../../../../domain/facts/node.ts';
import type { PlacedPod } from '../placement/scheduling/placed-pod.ts';
import type { Taint } from '../placement/scheduling/tolerations.ts';
import { longestStay } from '../placement/scheduling/tolerations.ts';
import { controllerOf, hasEnded, isMirror, podFactOf, workloadBehind } from '../pod.ts';
import { terminationOf } from '../termination.ts';

/**
 * What a pod of a node is to an action on the node.
 *
 * @param taints of NoExecute that the action adds
 * @param daemonSets `namespace/name` of each; undefined if they could not be read: then every DaemonSet is taken to exist
 */
export function nodePodOf(
  placed: PlacedPod,
  taints: readonly Taint[],
  daemonSets: ReadonlySet<string> | undefined,
): NodePod {
  const { name, namespace = '', uid, annotations } = placed.metadata;
  const owner = workloadBehind(placed);
  const found = traitsOf(placed, daemonSets);
  const veto = vetoOf(annotations);
  const tolerates = longestStay(placed.spec.tolerations, taints);
  return {
    namespace,
    name,
    uid,
    ...(owner === undefined ? {} : { owner: `${owner.kind}/${owner.name}` }),
    ready: podFactOf(placed).ready && !hasEnded(placed),
    ...(found.length === 0 ? {} : { traits: found }),
    ...terminationOf(placed.metadata),
    ...(veto === undefined ? {} : { veto }),
    ...(tolerates === undefined ? {} : { tolerates }),
  };
}

function traitsOf(placed: PlacedPod, daemonSets: ReadonlySet<string> | undefined): Trait[] {
  const { metadata, spec, status } = placed;
  const owner = controllerOf(placed);
  const isDaemon = owner?.kind === 'DaemonSet';
  const exists = daemonSets === undefined || daemonSets.has(`${metadata.namespace}/${owner?.name}`);
  const holds: Record<Trait, boolean> = {
    ended: hasEnded(placed),
    pending: status.phase === 'Pending',
    deleting: metadata.deletionTimestamp != null,
    daemon: isDaemon && exists,
    orphan: isDaemon && !exists,
    mirror: isMirror(placed),
    emptyDir: spec.volumes.some(({ emptyDir }) => emptyDir != null),
    hostPath: spec.volumes.some(({ hostPath }) => hostPath != null),
    claim: spec.volumes.some(
      ({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim != null || ephemeral != null,
    ),
  };
  return traits.filter((trait) => holds[trait]);
}

/** By which owners say that a pod is not to be moved: to the cluster autoscaler, to Karpenter and to the descheduler. */
const vetoes: Readonly<Record<string, string | undefined>> = {
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  'karpenter.sh/do-not-disrupt': 'true',
  // Whatever its value.
  'descheduler.alpha.kubernetes.io/prefer-no-eviction': undefined,
};

function vetoOf(annotations: Readonly<Record<string, string>>): string | undefined {
  const said = Object.entries(vetoes).find(
    ([key, value]) => annotations[key] !== undefined && (value === undefined || annotations[key] === value),
  );
  return said === undefined ? undefined : `${said[0]}=${annotations[said[0]]}`;
}
