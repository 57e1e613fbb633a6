import { z } from 'zod';
import { instant, podFact } from './facts/facts.ts';

/** What of our change is not there any more, in a sentence; absent while all of it is. */
const changed = z.string().optional();

/** Who changed it, as managedFields name them; and whether it is as it was before ours. Only beside `changed`. */
const changedBy = z.string().optional();
const putBack = z.boolean().optional();

/**
 * How far a workload is in starting pods elsewhere. `desired` where it is known who wants how many. `trouble`: why the
 * newest of its pods that do not come up does not, or why there is none; `born`: when that pod was made.
 */
const homecoming = z.strictObject({
  namespace: z.string(),
  owner: z.string(),
  ready: z.number().int(),
  desired: z.number().int().optional(),
  trouble: z.strictObject({ sentence: z.string(), born: z.string().optional() }).optional(),
});

/**
 * What was seen of a target at one moment after the change. `status` fields are Kubernetes' own; the pods are
 * those the workload's selector matches now. `absent`: the object is not there.
 */
const observation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('workload'),
    at: instant,
    uid: z.string(),
    generation: z.number().int(),
    observedGeneration: z.number().int(),
    desired: z.number().int(),
    updated: z.number().int(),
    ready: z.number().int(),
    available: z.number().int(),
    total: z.number().int(),
    paused: z.boolean(),
    progressDeadlineExceeded: z.boolean(),
    /** Message of a ReplicaFailure condition, such as an exceeded quota. */
    replicaFailure: z.string().optional(),
    partition: z.number().int(),
    onDelete: z.boolean(),
    images: z.record(z.string(), z.string()),
    restartedAt: z.string().optional(),
    pods: z.array(podFact),
    changed,
    changedBy,
    putBack,
  }),
  z.strictObject({
    kind: z.literal('pod'),
    at: instant,
    uid: z.string(),
    pod: podFact,
    changed,
    changedBy,
    putBack,
  }),
  z.strictObject({
    kind: z.literal('node'),
    at: instant,
    uid: z.string(),
    ready: z.boolean(),
    unschedulable: z.boolean(),
    /** After an action that takes pods off the node: those that are on it, ended ones and the kubelet's own left out. */
    left: z
      .array(
        z.strictObject({
          namespace: z.string(),
          name: z.string(),
          uid: z.string(),
          deleting: z.boolean(),
          daemon: z.boolean(),
        }),
      )
      .optional(),
    /** The workloads that may have lost pods; see `homecoming`. */
    workloads: z.array(homecoming).optional(),
    changed,
    changedBy,
    putBack,
  }),
  z.strictObject({
    kind: z.literal('cronJob'),
    at: instant,
    uid: z.string(),
    suspended: z.boolean(),
    changed,
    changedBy,
    putBack,
  }),
  /** A Job: the target, or the one that the action has made. */
  z.strictObject({
    kind: z.literal('job'),
    at: instant,
    uid: z.string(),
    suspended: z.boolean(),
    active: z.number().int(),
    ready: z.number().int(),
    succeeded: z.number().int(),
    failed: z.number().int(),
    ended: z.enum(['Complete', 'Failed']).optional(),
    reason: z.string().optional(),
    deleting: z.boolean(),
    pods: z.array(podFact),
    changed,
    changedBy,
    putBack,
  }),
  z.strictObject({
    kind: z.literal('autoscaler'),
    at: instant,
    uid: z.string(),
    min: z.number().int(),
    max: z.number().int(),
    current: z.number().int(),
    desired: z.number().int(),
    /** Its condition ScalingActive; absent until it has looked. */
    scaling: z.strictObject({ active: z.boolean(), reason: z.string() }).optional(),
    changed,
    changedBy,
    putBack,
  }),
  z.strictObject({
    kind: z.literal('absent'),
    at: instant,
    /** Of a Job that was deleted: its pods that are still there. */
    podsLeft: z.number().int().optional(),
  }),
]);
export type Observation = z.infer<typeof observation>;

/** One judged look. `pending`: on its way, neither good nor bad. `error`: nothing could be seen. */
export const sample = z.strictObject({
  at: instant,
  grade: z.enum(['good', 'bad', 'pending', 'error']),
  sentence: z.string(),
  /** The constraints that did not hold, with what was found. Absent while all hold, and in older rows. */
  broken: z.string().optional(),
});
export type Sample = z.infer<typeof sample>;

/** Verification's answer. Missing data is `inconclusive`, never success. */
export const verdict = z.strictObject({
  result: z.enum(['verified', 'not_verified', 'inconclusive']),
  sentence: z.string(),
  decidedAt: instant,
  samples: z.array(sample),
  /** Of one that is not verified, why: what the failing pods said. Redacted. Absent where nobody looked, and in older rows. */
  stderr: z.string().optional(),
});
export type Verdict = z.infer<typeof verdict>;
