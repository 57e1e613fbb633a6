import { z } from 'zod';
import { condition, count, intOrPercent, list, metadata, selector, texts } from '../../client/objects.ts';

/* The parts that are read of the objects around a target, as in ../objects.ts. */

export const budget = z.object({
  metadata,
  spec: z.object({
    minAvailable: intOrPercent.nullish(),
    maxUnavailable: intOrPercent.nullish(),
    selector: selector.nullish(),
    unhealthyPodEvictionPolicy: z.string().nullish(),
  }),
  status: z
    .object({
      currentHealthy: count,
      desiredHealthy: count,
      expectedPods: count,
      disruptionsAllowed: z.number().nullish(),
      observedGeneration: count,
      disruptedPods: z.record(z.string(), z.unknown()).nullish(),
      conditions: list(condition),
    })
    .prefault({}),
});
export type Budget = z.infer<typeof budget>;

export const service = z.object({
  metadata,
  spec: z.object({ selector: texts, type: z.string().default('ClusterIP') }),
});
export type Service = z.infer<typeof service>;

export const endpointSlice = z.object({
  metadata,
  endpoints: list(
    z.object({
      addresses: list(z.string()),
      conditions: z.object({ ready: z.boolean().nullish(), terminating: z.boolean().nullish() }).nullish(),
      targetRef: z.object({ uid: z.string().default('') }).nullish(),
    }),
  ),
});
export type EndpointSlice = z.infer<typeof endpointSlice>;

const backend = z.object({ service: z.object({ name: z.string() }).nullish() });

export const ingress = z.object({
  metadata,
  spec: z
    .object({
      defaultBackend: backend.nullish(),
      rules: list(
        z.object({
          host: z.string().nullish(),
          http: z.object({ paths: list(z.object({ backend })) }).nullish(),
        }),
      ),
    })
    .prefault({}),
});
export type Ingress = z.infer<typeof ingress>;

/** An HTTPRoute or a GRPCRoute of the Gateway API. */
export const route = z.object({
  metadata,
  spec: z
    .object({
      hostnames: list(z.string()),
      rules: list(
        z.object({
          backendRefs: list(
            z.object({
              kind: z.string().default('Service'),
              name: z.string(),
              namespace: z.string().nullish(),
            }),
          ),
        }),
      ),
    })
    .prefault({}),
});
export type Route = z.infer<typeof route>;

export const serviceReference = z.object({ namespace: z.string(), name: z.string() }).nullish();

/** A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration. */
export const webhooks = z.object({
  metadata,
  webhooks: list(
    z.object({
      failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
      clientConfig: z.object({ service: serviceReference }).prefault({}),
    }),
  ),
});
export type Webhooks = z.infer<typeof webhooks>;

export const apiService = z.object({ metadata, spec: z.object({ service: serviceReference }).prefault({}) });
export type ApiService = z.infer<typeof apiService>;

export const quota = z.object({
  metadata,
  spec: z
    .object({
      scopes: list(z.string()),
      scopeSelector: z
        .object({
          matchExpressions: list(
            z.object({ scopeName: z.string(), operator: z.string(), values: list(z.string()) }),
          ),
        })
        .nullish(),
    })
    .prefault({}),
  status: z.object({ hard: texts, used: texts }).prefault({}),
});
export type Quota = z.infer<typeof quota>;

export const lease = z.object({
  metadata,
  spec: z.object({ holderIdentity: z.string().nullish() }).prefault({}),
});
export type Lease = z.infer<typeof lease>;

const resources = z.object({ requests: texts, limits: texts }).prefault({});
const affinityTerm = z.object({ namespaces: list(z.string()), namespaceSelector: z.unknown().optional() });
const affinity = z
  .object({
    requiredDuringSchedulingIgnoredDuringExecution: list(affinityTerm),
    preferredDuringSchedulingIgnoredDuringExecution: list(z.object({ podAffinityTerm: affinityTerm })),
  })
  .nullish();
export const podSpec = z.object({
  priorityClassName: z.string().optional(),
  volumes: list(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).nullish() })),
  containers: list(z.object({ resources })),
  initContainers: list(z.object({ resources, restartPolicy: z.string().nullish() })),
  resources,
  overhead: texts,
  activeDeadlineSeconds: z.number().nullish(),
  affinity: z.object({ podAffinity: affinity, podAntiAffinity: affinity }).nullish(),
});
export type PodSpec = z.infer<typeof podSpec>;
export type Container = Pick<PodSpec['containers'][number], 'resources'>;

const history = z.object({
  creationTimestamp: z.iso.datetime(),
  managedFields: list(
    z.object({
      manager: z.string().default(''),
      time: z.iso.datetime().nullish(),
      fieldsV1: z.unknown().optional(),
    }),
  ),
});
const deletion = z.enum(['Retain', 'Delete']).default('Retain');

const podTemplate = z.object({ metadata: z.object({ labels: texts }).prefault({}), spec: podSpec });

/** Whatever makes pods: its template stands for them, so that a workload without pods has dependents too. */
export const workloadShape = z.object({
  metadata: history,
  spec: z.object({
    template: podTemplate,
    volumeClaimTemplates: list(z.object({ metadata: z.object({ name: z.string() }) })),
    persistentVolumeClaimRetentionPolicy: z.object({ whenScaled: deletion, whenDeleted: deletion }).nullish(),
  }),
});
/** What a CronJob makes its Jobs from, and they their pods. */
export const cronJobShape = z.object({
  metadata: history,
  spec: z.object({ jobTemplate: z.object({ spec: z.object({ template: podTemplate }) }) }),
});
export const podShape = z.object({ metadata: history.extend({ labels: texts }), spec: podSpec });
export const historyShape = z.object({ metadata: history });

/** What is known of the pods that an action would touch. */
export interface Own {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** The same of a pod that runs, with what admission has added to it; the spec itself where none does. */
  readonly asRun: PodSpec;
  readonly history: z.infer<typeof history>;
  readonly pods: readonly { readonly name: string; readonly uid: string }[];
  readonly claimTemplates: readonly string[];
  readonly retention?: {
    readonly whenScaled: 'Retain' | 'Delete';
    readonly whenDeleted: 'Retain' | 'Delete';
  };
}
