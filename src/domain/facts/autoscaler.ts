import { z } from 'zod';
import { gitOps } from './git-ops.ts';

const count = z.number().int().min(0);

/** What made an autoscaler and puts it back, such as KEDA's ScaledObject. */
export const maker = z.strictObject({ kind: z.string(), name: z.string() });

/** A HorizontalPodAutoscaler that sets the number of replicas. */
export const autoscaler = z.strictObject({
  name: z.string(),
  min: count,
  max: count,
  /** Its status: how many it counts and how many it wants. Absent until it has looked, and in older rows. */
  current: count.optional(),
  desired: count.optional(),
  /** `ScalingActive`, `AbleToScale` and `ScalingLimited`, sorted by type. */
  conditions: z
    .array(z.strictObject({ type: z.string(), status: z.string(), reason: z.string() }))
    .optional(),
  uid: z.string().optional(),
  /** The metric of a percentage of the requested processor time and its place in `spec.metrics`; absent: it has none. */
  cpu: z.strictObject({ percent: count, index: count }).optional(),
  owner: maker.optional(),
  gitOps: gitOps.optional(),
});
export type Autoscaler = z.infer<typeof autoscaler>;

/** KEDA's ScaledObject. Paused, it has no HorizontalPodAutoscaler, and holds the number that it is given, if any. */
export const scaledObject = z.strictObject({
  name: z.string(),
  paused: z.boolean(),
  pausedReplicas: count.optional(),
});
export type ScaledObject = z.infer<typeof scaledObject>;

/** A VerticalPodAutoscaler that sets what the pods request: `Off`, `Initial`, `Recreate`, `Auto` ... */
export const verticalAutoscaler = z.strictObject({ name: z.string(), mode: z.string() });
export type VerticalAutoscaler = z.infer<typeof verticalAutoscaler>;
