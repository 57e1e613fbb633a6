import { z } from 'zod';
import { selector } from '../selector.ts';
import { autoscaler, maker, scaledObject, verticalAutoscaler } from './autoscaler.ts';
import { dependents } from './dependents.ts';
import { gitOps } from './git-ops.ts';
import { manifestSource } from './manifest-source.ts';
import { nodeSubject } from './node.ts';
import { places } from './places.ts';
import { returning, revision } from './revision.ts';
import { termination } from './termination.ts';
import { unknownFact } from './unknown-fact.ts';
import { unreadyNode } from './unready-node.ts';

/** An instant, ISO 8601 in UTC, as `Date.prototype.toISOString` prints it. */
export const instant = z.iso.datetime();

const labels = z.record(z.string(), z.string());
const count = z.number().int().min(0);

/** What an object's identity is, so that a decision binds to this object and not to a later one of its name. */
const identity = z.strictObject({
  apiVersion: z.string(),
  uid: z.string().min(1),
  generation: count,
  resourceVersion: z.string(),
  labels,
  annotations: labels,
  /** It is being deleted. Absent for the others, and in older rows. */
  termination: termination.optional(),
});

/**
 * A container that has restarted, waits or has ended badly. `init` runs once before the pod's own, `sidecar` (an init
 * container of the restartPolicy Always) beside them.
 */
const containerFact = z.strictObject({
  name: z.string(),
  role: z.enum(['main', 'sidecar', 'init']),
  restarts: count,
  waiting: z.string().optional(),
  terminated: z.string().optional(),
});

/** What is known of the pods a selector matches. */
export const podFact = z.strictObject({
  name: z.string(),
  uid: z.string(),
  ready: z.boolean(),
  /** As `kubectl get pods` counts them: without those of init containers, once these have ended well. */
  restarts: count,
  /** Absent where nothing is to be said of any of them, and in older rows, which have their restarts in one sum. */
  containers: z.array(containerFact).optional(),
  /** `CrashLoopBackOff`, `Init:ImagePullBackOff` ...: what `kubectl get pods` says of a pod that waits. */
  waiting: z.string().optional(),
  /** Reason of the last termination, such as `OOMKilled` or `Error`. */
  terminated: z.string().optional(),
  /** `pod-template-hash` or `controller-revision-hash`: which revision the pod belongs to. */
  hash: z.string().optional(),
  deleting: z.boolean(),
  /** Absent where it is not being deleted, and in older rows. */
  termination: termination.optional(),
  node: z.string().optional(),
});
export type PodFact = z.infer<typeof podFact>;

/** Names of a container's variables, each once, never their values; `same` have just the value that is asked for. */
const variables = z.strictObject({ names: z.array(z.string()), same: z.array(z.string()) });

/** What a container may use and what it asks for, by the resource's name: quantities as the API server prints them. */
const resources = z.strictObject({ limits: labels, requests: labels });

/** A Deployment, StatefulSet or DaemonSet. Replica numbers of a DaemonSet are its nodes' (desiredNumberScheduled). */
const workloadSubject = z.strictObject({
  kind: z.literal('workload'),
  desired: count,
  ready: count,
  updated: count,
  available: count,
  observedGeneration: count,
  paused: z.boolean(),
  strategy: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('RollingUpdate'),
      maxUnavailable: count,
      maxSurge: count,
      partition: count,
    }),
    z.strictObject({ type: z.literal('Recreate') }),
    z.strictObject({ type: z.literal('OnDelete') }),
  ]),
  /** True while a rollout has not finished (pods of two revisions, or the controller has not caught up). */
  rollingOut: z.boolean(),
  containers: z.array(
    z.strictObject({
      name: z.string(),
      image: z.string(),
      init: z.boolean(),
      index: count,
      env: variables.optional(),
      resources: resources.optional(),
    }),
  ),
  /** Containers without a readinessProbe, in the template's order; none where minReadySeconds is set. */
  unproven: z.array(z.string()).optional(),
  liveRevision: z.number().int().positive().optional(),
  revisions: z.array(revision),
  /** Revisions that an action which writes a template brings back by other means than an undo. Absent where it is none. */
  returning: z.array(returning).optional(),
  /** Since when the live revision is live, and its oldest pod; absent where unknown and in older rows. */
  liveSince: z.string().optional(),
  oldestPod: z.string().optional(),
  pods: z.array(podFact),
  claimTemplates: count,
  /**
   * Of a StatefulSet whose rollout waits for pods that are not ready, even if they are of a template that is gone: how many
   * of them hold it up, and its first ordinal.
   */
  heldUpBy: z.strictObject({ pods: count, firstOrdinal: count }).optional(),
  /**
   * Of a StatefulSet: its first ordinal, and whether it starts and takes away its pods one after the other (OrderedReady).
   * Absent in older rows.
   */
  ordinals: z.strictObject({ first: count, inOrder: z.boolean() }).optional(),
});

const podSubject = z.strictObject({
  kind: z.literal('pod'),
  pod: podFact,
  /** The controller that would replace it; absent for a bare pod, which nothing brings back. */
  controller: z
    .strictObject({ kind: z.string(), name: z.string(), desired: count.optional(), ready: count.optional() })
    .optional(),
  mirror: z.boolean(),
  /** Its node, where that is not ready. Absent for actions that do not end it, and in older rows. */
  unreadyNode: unreadyNode.optional(),
});

const ending = z.enum(['Complete', 'Failed']);

/** What is known of a run before it runs, from the template. Absent in rows that were judged before it was read. */
const runFields = {
  images: z.record(z.string(), z.string()).optional(),
  /** Seconds after its end in which a Job is removed by itself (ttlSecondsAfterFinished). */
  ttlSeconds: count.optional(),
  backoffLimit: count.optional(),
  /** On its way out: it waits for its finalizers. */
  deleting: z.boolean().optional(),
  /** A Job of the name that a new one was to have is there. */
  nameTaken: z.boolean().optional(),
};

const cronJobSubject = z.strictObject({
  kind: z.literal('cronJob'),
  suspended: z.boolean(),
  schedule: z.string(),
  timeZone: z.string().optional(),
  concurrencyPolicy: z.enum(['Allow', 'Forbid', 'Replace']),
  startingDeadlineSeconds: count.optional(),
  lastScheduled: z.string().optional(),
  lastSuccessful: z.string().optional(),
  /** Pods of one run: so many ended well make it complete, so many run at once. */
  completions: count.optional(),
  parallelism: count.optional(),
  /** Its Jobs that run now. */
  active: z.array(z.string()),
  /** Its latest Jobs that are still there, newest first. */
  recent: z.array(z.strictObject({ name: z.string(), ended: ending.optional() })).optional(),
  /** How many of its Jobs are kept after they have ended. */
  kept: z.strictObject({ successful: count, failed: count }).optional(),
  ...runFields,
});

const jobSubject = z.strictObject({
  kind: z.literal('job'),
  suspended: z.boolean(),
  /** Pods that run, that ended well and that ended badly. */
  active: count,
  succeeded: count,
  failed: count,
  completions: count.optional(),
  parallelism: count,
  /** How it ended; absent while it has not. */
  ended: ending.optional(),
  /** The reason of its end, such as BackoffLimitExceeded. */
  reason: z.string().optional(),
  /** The CronJob that made it. */
  cronJob: z.string().optional(),
  pods: z.array(podFact),
  ...runFields,
});

/** A HorizontalPodAutoscaler that is itself the target. */
const autoscalerSubject = z.strictObject({
  kind: z.literal('autoscaler'),
  min: count,
  max: count,
  current: count,
  desired: count,
  scales: z.strictObject({ kind: z.string(), name: z.string() }),
  owner: maker.optional(),
});

/** An object of an installed kind that controls the target, such as `PostgresCluster/main`. */
const owner = z.strictObject({ apiVersion: z.string(), kind: z.string(), name: z.string() });

/** Warning events about the target and its pods, by reason: how often in all, and when last. */
const warning = z.strictObject({ reason: z.string(), count, last: instant });

/** What picks a pod by a label that the action writes. Those that pick it now, and those that would. */
const picker = z.strictObject({
  kind: z.string(),
  name: z.string(),
  /** Absent for the namespace of the pod, and in older rows. */
  namespace: z.string().optional(),
  selector,
  /** What it asks for in a language of its own, which is not worked out here; the selector has the keys then. */
  expression: z.string().optional(),
});

/** Whose pods are placed by a node label that the action writes, and how many of them are on the node. */
const placement = z.strictObject({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  keys: z.array(z.string()),
  pods: count,
});

/** What only some verbs look at; absent for the others, and in rows that were judged before it was read. */
const fieldFacts = {
  /** Every field of the target that `patch` may write, sorted by path; without a value where nothing is. */
  fields: z
    .array(z.strictObject({ path: z.string(), value: z.union([z.string(), z.number()]).optional() }))
    .optional(),
  pickers: z.array(picker).optional(),
  placements: z.array(placement).optional(),
};

/** One plain snapshot of what the cluster says about a target, gathered once and stored with the verdict. */
export const facts = z.strictObject({
  cluster: z.string(),
  gatheredAt: instant,
  identity,
  subject: z.discriminatedUnion('kind', [
    workloadSubject,
    podSubject,
    nodeSubject,
    cronJobSubject,
    jobSubject,
    autoscalerSubject,
  ]),
  /** Absent for objects of the whole cluster. */
  namespace: z
    .strictObject({
      name: z.string(),
      labels,
      terminating: z.literal(true).optional(),
      /** Its annotation firebreak.dev/approvers. Absent where it has none, and in older rows. */
      approvers: z.string().optional(),
    })
    .optional(),
  gitOps: gitOps.optional(),
  source: manifestSource.optional(),
  owner: owner.optional(),
  autoscaler: autoscaler.optional(),
  scaledObject: scaledObject.optional(),
  verticalAutoscaler: verticalAutoscaler.optional(),
  ...fieldFacts,
  /** Of the last hour, sorted by reason. Absent for nodes, where they could not be read, and in older rows. */
  warnings: z.array(warning).optional(),
  /** Absent in rows that were judged before it was read. */
  neighbourhood: dependents.optional(),
  places: places.optional(),
  unknown: z.array(unknownFact),
});

export type Facts = z.infer<typeof facts>;
export type Subject = Facts['subject'];
export type WorkloadSubject = Extract<Subject, { kind: 'workload' }>;
export type PodSubject = Extract<Subject, { kind: 'pod' }>;
export type NodeSubject = Extract<Subject, { kind: 'node' }>;
export type CronJobSubject = Extract<Subject, { kind: 'cronJob' }>;
export type JobSubject = Extract<Subject, { kind: 'job' }>;
export type AutoscalerSubject = Extract<Subject, { kind: 'autoscaler' }>;
