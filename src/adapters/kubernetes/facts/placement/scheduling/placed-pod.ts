import { z } from 'zod';
import { list, pod, texts } from '../../../client/objects.ts';
import { placing } from './affinity-shapes.ts';
import { toleration } from './tolerations.ts';

const resources = z.object({ requests: texts, limits: texts }).prefault({});
const port = z.object({
  containerPort: z.number().default(0),
  hostPort: z.number().nullish(),
  hostIP: z.string().nullish(),
  protocol: z.string().nullish(),
});
const container = z.object({
  name: z.string().default(''),
  resources,
  restartPolicy: z.string().nullish(),
  ports: list(port),
});

const volume = z.object({
  emptyDir: z.unknown().optional(),
  hostPath: z.unknown().optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).nullish(),
  ephemeral: z.unknown().optional(),
});

/** Of a pod's spec all that decides where it can run and what is lost when it goes. */
export const placedSpec = placing.extend({
  nodeName: z.string().optional(),
  containers: list(container),
  initContainers: list(container),
  resources,
  overhead: texts,
  tolerations: list(toleration),
  priorityClassName: z.string().nullish(),
  hostNetwork: z.boolean().nullish(),
  schedulerName: z.string().nullish(),
  runtimeClassName: z.string().nullish(),
  schedulingGates: list(z.object({ name: z.string() })),
  resourceClaims: list(z.unknown()),
  /** What pods of one group wait for together: its names in 1.35 and 1.36. */
  workloadRef: z.unknown().optional(),
  schedulingGroup: z.unknown().optional(),
  volumes: list(volume),
});
export type PlacedSpec = z.infer<typeof placedSpec>;

export const placedPod = pod.extend({ spec: placedSpec });
export type PlacedPod = z.infer<typeof placedPod>;

/** Ordinals by their number. */
export const byName = (a: PlacedPod, b: PlacedPod): number =>
  a.metadata.name.localeCompare(b.metadata.name, 'en', { numeric: true });

/** Names of the claims that a pod mounts. A generic ephemeral volume is the pod's own and is made with it. */
export function claimNamesOf({ volumes }: Pick<PlacedSpec, 'volumes'>): string[] {
  return volumes.flatMap(({ persistentVolumeClaim: claim }) => (claim == null ? [] : [claim.claimName]));
}
