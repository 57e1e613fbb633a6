import { z } from 'zod';

const sentence = z.string();
const count = z.number().int().min(0);

/** `Deployment/web` and its namespace. Absent in older rows, where it is the target. */
const workload = { owner: z.string().optional(), namespace: z.string().optional() };

/** Whose pods are behind a Service, and how many each wanted or had ready: with fewer wanted, fewer can be ready. */
const behind = z.strictObject({ owner: z.string(), of: count });

/** The fields of each kind. What they mean, and when they hold, is in kinds.ts. */
const schemas = {
  outside_production: z.strictObject({
    kind: z.literal('outside_production'),
    namespace: z.string(),
    sentence,
  }),
  scale_to_zero: z.strictObject({ kind: z.literal('scale_to_zero'), ...workload, sentence }),
  /** `from`: how many there were when it was judged. */
  minimum_replicas: z.strictObject({
    kind: z.literal('minimum_replicas'),
    replicas: count,
    from: count.optional(),
    ...workload,
    sentence,
  }),
  snapshot_required: z.strictObject({ kind: z.literal('snapshot_required'), sentence }),
  previous_revision: z.strictObject({
    kind: z.literal('previous_revision'),
    revision: z.number().int().optional(),
    ...workload,
    sentence,
  }),
  /** `pods` of the `of` that are wanted stay ready. */
  ready_pods: z.strictObject({
    kind: z.literal('ready_pods'),
    namespace: z.string(),
    owner: z.string(),
    pods: count,
    of: count,
    sentence,
  }),
  ready_endpoints: z.strictObject({
    kind: z.literal('ready_endpoints'),
    namespace: z.string(),
    service: z.string(),
    endpoints: count,
    behind: z.array(behind).readonly(),
    sentence,
  }),
  /** `spare`: evictions that it allows before the change. `healthy`: pods of it that stay healthy during the change. */
  disruption_budget: z.strictObject({
    kind: z.literal('disruption_budget'),
    namespace: z.string(),
    budget: z.string(),
    spare: count,
    healthy: count,
    sentence,
  }),
} as const;

/** A condition that holds when the action runs and, where it says so, as long as the change takes. */
export const constraint = z.discriminatedUnion('kind', [
  schemas.outside_production,
  schemas.scale_to_zero,
  schemas.minimum_replicas,
  schemas.snapshot_required,
  schemas.previous_revision,
  schemas.ready_pods,
  schemas.ready_endpoints,
  schemas.disruption_budget,
]);

type Fields = { [K in keyof typeof schemas]: z.infer<(typeof schemas)[K]> };

/** A kind that the union leaves out is no key of the table in kinds.ts, which then does not compile. */
export type ConstraintName = z.infer<typeof constraint>['kind'];
export type ConstraintOf<K extends ConstraintName> = { [P in K]: Fields[P] & { readonly kind: P } }[K];
export type Constraint = ConstraintOf<ConstraintName>;
