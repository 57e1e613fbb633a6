import { z } from 'zod';
import { instant, podFact } from './facts.ts';

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
  }),
  z.strictObject({
    kind: z.literal('pod'),
    at: instant,
    uid: z.string(),
    pod: podFact,
  }),
  z.strictObject({
    kind: z.literal('node'),
    at: instant,
    uid: z.string(),
    ready: z.boolean(),
    unschedulable: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('absent'), at: instant }),
]);
export type Observation = z.infer<typeof observation>;

/** One judged look. `pending`: on its way, neither good nor bad. `error`: nothing could be seen. */
export const sample = z.strictObject({
  at: instant,
  grade: z.enum(['good', 'bad', 'pending', 'error']),
  sentence: z.string(),
});
export type Sample = z.infer<typeof sample>;

/** Verification's answer. Missing data is `inconclusive`, never success. */
export const verdict = z.strictObject({
  result: z.enum(['verified', 'not_verified', 'inconclusive']),
  sentence: z.string(),
  decidedAt: instant,
  samples: z.array(sample),
});
export type Verdict = z.infer<typeof verdict>;
