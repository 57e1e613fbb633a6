import { z } from 'zod';
import { type Tenant, type Trait, traits } from '../../../domain/node.ts';
import { list, pod, texts } from '../objects.ts';
import { controllerOf, hasEnded, isMirror, podFactOf, workloadBehind } from '../pod.ts';
import type { Taint } from './tolerations.ts';
import { longestStay, toleration } from './tolerations.ts';

const requests = z.object({ requests: texts }).prefault({});
const container = z.object({ resources: requests, restartPolicy: z.string().nullish() });
const expressions = list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) }));
const term = z.object({ matchExpressions: expressions, matchFields: expressions });
export type Term = z.infer<typeof term>;

/** A pod with all that decides where it can run and what is lost when it goes. */
export const placedPod = pod.extend({
  spec: pod.shape.spec.extend({
    containers: list(container),
    initContainers: list(container),
    overhead: texts,
    tolerations: list(toleration),
    nodeSelector: texts,
    priorityClassName: z.string().nullish(),
    affinity: z
      .object({
        nodeAffinity: z
          .object({
            requiredDuringSchedulingIgnoredDuringExecution: z
              .object({ nodeSelectorTerms: list(term) })
              .nullish(),
          })
          .nullish(),
      })
      .nullish(),
    volumes: list(
      z.object({
        emptyDir: z.unknown().optional(),
        hostPath: z.unknown().optional(),
        persistentVolumeClaim: z.unknown().optional(),
        ephemeral: z.unknown().optional(),
      }),
    ),
  }),
});
export type PlacedPod = z.infer<typeof placedPod>;

/** What an action writes to a node that its pods may go by. */
export interface Written {
  /** Taints of NoExecute that it adds. */
  readonly taints: readonly Taint[];
  readonly labels: readonly string[];
}

/**
 * What a pod of a node is to an action on the node.
 *
 * @param daemonSets `namespace/name` of each; undefined if they could not be read: then every DaemonSet is taken to exist
 */
export function tenantOf(
  placed: PlacedPod,
  { taints, labels }: Written,
  daemonSets: ReadonlySet<string> | undefined,
): Tenant {
  const { name, namespace = '', uid, annotations } = placed.metadata;
  const owner = workloadBehind(placed);
  const found = traitsOf(placed, daemonSets);
  const veto = vetoOf(annotations);
  const tolerates = longestStay(placed.spec.tolerations, taints);
  const asked = asksFor(placed);
  const asks = labels.filter((key) => asked.has(key)).toSorted();
  return {
    namespace,
    name,
    uid,
    ...(owner === undefined ? {} : { owner: `${owner.kind}/${owner.name}` }),
    ready: podFactOf(placed).ready && !hasEnded(placed),
    ...(found.length === 0 ? {} : { traits: found }),
    ...(veto === undefined ? {} : { veto }),
    ...(tolerates === undefined ? {} : { tolerates }),
    ...(asks.length === 0 ? {} : { asks }),
  };
}

/** The labels of nodes that a pod must find. */
function asksFor({ spec }: PlacedPod): ReadonlySet<string> {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = (required?.nodeSelectorTerms ?? []).flatMap(({ matchExpressions }) => matchExpressions);
  return new Set([...Object.keys(spec.nodeSelector), ...terms.map(({ key }) => key)]);
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
