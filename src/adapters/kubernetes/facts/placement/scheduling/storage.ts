import { z } from 'zod';
import { list, metadata, type Node, texts } from '../../../client/objects.ts';
import { nodeSelector } from './affinity-shapes.ts';
import { selectsNode } from './node-affinity.ts';
import { claimNamesOf, type PlacedPod } from './placed-pod.ts';

export const volumeClaim = z.object({
  metadata,
  spec: z
    .object({
      accessModes: list(z.string()),
      volumeName: z.string().nullish(),
      storageClassName: z.string().nullish(),
    })
    .prefault({}),
  status: z.object({ phase: z.string().default('Pending') }).prefault({}),
});
export type VolumeClaim = z.infer<typeof volumeClaim>;

export const volume = z.object({
  metadata,
  spec: z.object({ nodeAffinity: z.object({ required: nodeSelector.nullish() }).nullish() }).prefault({}),
});
type Volume = z.infer<typeof volume>;

export const storageClass = z.object({
  metadata,
  volumeBindingMode: z.string().nullish(),
  allowedTopologies: list(
    z.object({ matchLabelExpressions: list(z.object({ key: z.string(), values: list(z.string()) })) }),
  ),
  parameters: texts,
});
type StorageClass = z.infer<typeof storageClass>;

/** What is known of the volumes that pods may mount: by `namespace/claim`, by name of the volume and of the class. */
export interface Storage {
  readonly claims: ReadonlyMap<string, VolumeClaim>;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly classes: ReadonlyMap<string, StorageClass>;
  /** False: what is not among them may be there all the same. */
  readonly complete: boolean;
}

export const noStorage: Storage = {
  claims: new Map(),
  volumes: new Map(),
  classes: new Map(),
  complete: false,
};

/** The claims of a pod, by name; undefined for one that is not there. */
export function claimsOf(pod: PlacedPod, { claims }: Storage): readonly [string, VolumeClaim | undefined][] {
  const { namespace = '' } = pod.metadata;
  return claimNamesOf(pod.spec).map((name) => [name, claims.get(`${namespace}/${name}`)]);
}

/** How many may use the volume: any node, one node at a time (ReadWriteOnce), or one pod (ReadWriteOncePod). */
export function sharingOf({ spec: { accessModes } }: VolumeClaim): 'nodes' | 'node' | 'pod' {
  if (accessModes.includes('ReadWriteOncePod')) return 'pod';
  return accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany') ? 'nodes' : 'node';
}

const isDelayed = ({ volumeBindingMode }: StorageClass): boolean =>
  volumeBindingMode === 'WaitForFirstConsumer';

/** Why no node takes a pod because of a claim of it (plugins/volumebinding, PreFilter); undefined where none is in the way. */
export function unbindable(pod: PlacedPod, storage: Storage): string | undefined {
  for (const [name, claim] of claimsOf(pod, storage)) {
    const reason = claim === undefined ? missing(name, storage) : unusable(name, claim, storage);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const missing = (name: string, { complete }: Storage): string | undefined =>
  complete ? `there is no PersistentVolumeClaim/${name}` : undefined;

function unusable(
  name: string,
  { metadata, spec, status }: VolumeClaim,
  storage: Storage,
): string | undefined {
  if (metadata.deletionTimestamp != null) return `PersistentVolumeClaim/${name} is being deleted`;
  if (status.phase === 'Lost') return `the volume of PersistentVolumeClaim/${name} is gone`;
  if (spec.volumeName) return undefined;
  const waiting = `PersistentVolumeClaim/${name} has no volume yet`;
  if (!spec.storageClassName) return waiting;
  const found = storage.classes.get(spec.storageClassName);
  // One that could not be read is noted; whether it waits for a pod is not known.
  return found === undefined || isDelayed(found) ? undefined : waiting;
}

/**
 * Whether the volumes of a pod can be reached from a node: affinity and zone of those that are bound, the topologies in
 * which the others may be made (plugins/volumebinding and volumezone).
 */
export function isReachable(pod: PlacedPod, node: Node, storage: Storage): boolean {
  return claimsOf(pod, storage).every(([, claim]) => {
    if (claim === undefined) return true;
    const { volumeName, storageClassName } = claim.spec;
    if (!volumeName) return isAllowed(storage.classes.get(storageClassName ?? ''), node);
    const bound = storage.volumes.get(volumeName);
    if (bound === undefined) return true;
    const required = bound.spec.nodeAffinity?.required;
    return (required == null || selectsNode(required, node)) && isInZone(bound, node);
  });
}

function isAllowed(found: StorageClass | undefined, { metadata: { labels } }: Node): boolean {
  const topologies = found?.allowedTopologies ?? [];
  return (
    topologies.length === 0 ||
    topologies.some(({ matchLabelExpressions }) =>
      matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
    )
  );
}

/** Labels by which volumes and nodes tell where they are, the older ones with what replaced them. */
const topologyLabels: Readonly<Record<string, string>> = {
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

/** A node without any such label is in every zone; `a__b` are two zones (volumehelpers.LabelZonesToSet). */
function isInZone({ metadata: { labels } }: Volume, node: Node): boolean {
  const own = node.metadata.labels;
  if (!Object.keys(topologyLabels).some((key) => key in own)) return true;
  return Object.entries(topologyLabels).every(([key, today]) => {
    const wanted = labels[key];
    return wanted === undefined || wanted.split('__').includes(own[key] ?? own[today] ?? '');
  });
}

/** Volumes and classes that have to be known beside the claims. */
export function behind(claims: readonly VolumeClaim[]): { volumes: string[]; classes: boolean } {
  const volumes = claims.flatMap(({ spec: { volumeName } }) => (volumeName ? [volumeName] : []));
  return {
    volumes: [...new Set(volumes)].toSorted(),
    classes: claims.some(({ spec: { volumeName, storageClassName } }) => !volumeName && !!storageClassName),
  };
}
