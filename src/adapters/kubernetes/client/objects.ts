import { z } from 'zod';
import { json } from '../../../domain/text/json.ts';

/*
 * The parts of Kubernetes objects that are read, and nothing else: unknown fields are allowed and dropped here.
 * What must survive whole (snapshots, templates) is taken from the raw JSON.
 */

export const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});
export const count = z
  .number()
  .nullish()
  .transform((number) => number ?? 0);
export const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const owner = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});
export type OwnerReference = z.infer<typeof owner>;

export const metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string(),
  generation: count,
  resourceVersion: z.string(),
  labels: texts,
  annotations: texts,
  ownerReferences: list(owner),
  managedFields: list(
    z.object({
      manager: z.string().default(''),
      subresource: z.string().nullish(),
      time: z.string().nullish(),
    }),
  ),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  deletionGracePeriodSeconds: z.number().nullish(),
  finalizers: list(z.string()),
});

/** Any object: who and which it is. */
export const anyObject = z.object({ apiVersion: z.string().optional(), metadata });
export type AnyObject = z.infer<typeof anyObject>;

export const selector = z.object({
  matchLabels: texts,
  matchExpressions: list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) })),
});
export type Selector = z.infer<typeof selector>;

const containers = list(
  z.object({ name: z.string(), image: z.string().default(''), readinessProbe: z.unknown().optional() }),
);
const template = z.object({
  metadata: z.object({ annotations: texts }).optional(),
  spec: z.object({ containers, initContainers: containers }),
});
export const intOrPercent = z.union([z.number(), z.string()]);
const rolling = z
  .object({ maxUnavailable: intOrPercent.optional(), maxSurge: intOrPercent.optional(), partition: count })
  .nullish();
const strategy = z.object({ type: z.string().optional(), rollingUpdate: rolling }).nullish();
export const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
  lastUpdateTime: z.string().nullish(),
});

export const deployment = z.object({
  metadata,
  spec: z.object({
    replicas: z.number().default(1),
    selector,
    template,
    strategy,
    minReadySeconds: count,
    paused: z.boolean().default(false),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      readyReplicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions: list(condition),
    })
    .prefault({}),
});

export const statefulSet = z.object({
  metadata,
  spec: z.object({
    replicas: z.number().default(1),
    selector,
    template,
    updateStrategy: strategy,
    podManagementPolicy: z.string().nullish(),
    ordinals: z.object({ start: count }).nullish(),
    minReadySeconds: count,
    volumeClaimTemplates: list(z.unknown()),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      readyReplicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      updateRevision: z.string().optional(),
    })
    .prefault({}),
});

export const daemonSet = z.object({
  metadata,
  spec: z.object({ selector, template, updateStrategy: strategy, minReadySeconds: count }),
  status: z
    .object({
      observedGeneration: count,
      currentNumberScheduled: count,
      desiredNumberScheduled: count,
      numberReady: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
    })
    .prefault({}),
});

/** A ReplicaSet as a revision of a Deployment and as a pod's controller. */
export const replicaSet = z.object({
  metadata,
  spec: z.object({ replicas: z.number().default(1), template: json.optional() }),
  status: z.object({ readyReplicas: count }).prefault({}),
});

export const controllerRevision = z.object({ metadata, revision: z.number(), data: json.optional() });

const termination = z.object({
  reason: z.string().optional(),
  exitCode: z.number().optional(),
  message: z.string().optional(),
});
const containerStatus = z.object({
  name: z.string(),
  restartCount: count,
  ready: z.boolean().nullish(),
  started: z.boolean().nullish(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).nullish(),
      terminated: termination.nullish(),
    })
    .prefault({}),
  lastState: z.object({ terminated: termination.nullish() }).prefault({}),
});
export type ContainerStatus = z.infer<typeof containerStatus>;

export const pod = z.object({
  metadata,
  /** The rest of it is kept as it is, for those few who want to know. */
  spec: z.looseObject({
    nodeName: z.string().optional(),
    initContainers: list(z.looseObject({ name: z.string(), restartPolicy: z.string().nullish() })),
  }),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: list(condition),
      containerStatuses: list(containerStatus),
      initContainerStatuses: list(containerStatus),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof pod>;

export const node = z.object({
  metadata,
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: list(z.object({ key: z.string(), value: z.string().nullish(), effect: z.string() })),
    })
    .prefault({}),
  status: z.object({ conditions: list(condition), allocatable: texts }).prefault({}),
});
export type Node = z.infer<typeof node>;

export const autoscaler = z.object({
  metadata,
  spec: z.object({
    minReplicas: z.number().default(1),
    maxReplicas: z.number(),
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    metrics: list(
      z.object({
        resource: z
          .object({
            name: z.string(),
            target: z.object({ averageUtilization: z.number().nullish() }).prefault({}),
          })
          .nullish(),
      }),
    ),
  }),
  status: z
    .object({
      currentReplicas: z.number().nullish(),
      desiredReplicas: z.number().nullish(),
      conditions: list(condition),
    })
    .prefault({}),
});
export type Autoscaler = z.infer<typeof autoscaler>;

/** How a Job runs; the same in a Job and in what a CronJob makes its Jobs from. */
const run = z.object({
  completions: z.number().nullish(),
  parallelism: z.number().nullish(),
  backoffLimit: z.number().nullish(),
  ttlSecondsAfterFinished: z.number().nullish(),
  template,
});
export type Run = z.infer<typeof run>;

export const cronJob = z.object({
  metadata,
  spec: z.object({
    suspend: z.boolean().default(false),
    schedule: z.string(),
    timeZone: z.string().nullish(),
    concurrencyPolicy: z.enum(['Allow', 'Forbid', 'Replace']).default('Allow'),
    startingDeadlineSeconds: z.number().nullish(),
    successfulJobsHistoryLimit: z.number().nullish(),
    failedJobsHistoryLimit: z.number().nullish(),
    jobTemplate: z.object({ spec: run }),
  }),
  status: z
    .object({
      active: list(z.object({ name: z.string().default('') })),
      lastScheduleTime: z.string().nullish(),
      lastSuccessfulTime: z.string().nullish(),
    })
    .prefault({}),
});
export type CronJob = z.infer<typeof cronJob>;

export const job = z.object({
  metadata: metadata.extend({ creationTimestamp: z.string().default('') }),
  spec: run.extend({ suspend: z.boolean().default(false), selector: selector.nullish() }),
  status: z
    .object({ active: count, ready: count, succeeded: count, failed: count, conditions: list(condition) })
    .prefault({}),
});
export type Job = z.infer<typeof job>;

/** core/v1 Event; those written through events.k8s.io have `eventTime` and `series` in place of the old fields. */
export const event = z.object({
  metadata: z.object({ creationTimestamp: z.string().nullish() }),
  involvedObject: z.object({
    kind: z.string().default(''),
    name: z.string().default(''),
    uid: z.string().default(''),
  }),
  reason: z.string().default(''),
  message: z.string().default(''),
  type: z.string().default('Normal'),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.object({ count: z.number().nullish(), lastObservedTime: z.string().nullish() }).nullish(),
});
export type Event = z.infer<typeof event>;

/** A list of anything; each item is parsed by its own schema. */
export const items = z.object({
  items: list(z.unknown()),
  /** `continue`: there are more. */
  metadata: z.object({ continue: z.string().nullish() }).prefault({}),
});
