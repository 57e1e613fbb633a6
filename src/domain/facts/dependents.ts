import { z } from 'zod';
import { stuckBudget } from './stuck-budget.ts';

const instant = z.iso.datetime();
const count = z.number().int().min(0);

/** A PodDisruptionBudget over the pods. Only evictions ask it; for the rest it says what its owner wants. */
const budget = z.strictObject({
  name: z.string(),
  healthy: count,
  /** How many must stay healthy (percentages are rounded up). */
  desired: count,
  /** How many may go now: what its status says (disruptionsAllowed), or fewer where its own numbers leave fewer. */
  allowed: count,
  stuck: stuckBudget.optional(),
});

/** A Service that selects the pods, with its ready endpoints: all of them, and those that are the target's own. */
const service = z.strictObject({
  name: z.string(),
  /** How it is reached from outside the cluster by itself; absent for the others. */
  exposed: z.enum(['LoadBalancer', 'NodePort']).optional(),
  ready: count,
  own: count,
});

/** A name that people outside use and that ends at one of the Services. `source` is the Ingress or route. */
const host = z.strictObject({ host: z.string(), service: z.string(), source: z.string() });

/** What the API server itself asks through one of the Services: an admission or conversion webhook, or an aggregated API. */
const dependency = z.strictObject({
  source: z.string(),
  service: z.string(),
  /** `Fail`: without an answer the API server refuses what it would have asked about. */
  failurePolicy: z.enum(['Fail', 'Ignore']),
});

/** The resource of a ResourceQuota that runs out first, and for how many more of these pods it lasts. */
const quota = z.strictObject({
  name: z.string(),
  resource: z.string(),
  used: z.string(),
  hard: z.string(),
  podsLeft: count,
});

/** A workload whose ready pods are all on the target node. */
const soleWorkload = z.strictObject({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  pods: count,
});

/** On how many nodes and in how many zones the ready pods run, and how many of each the cluster has; 0 zones: no labels. */
const spread = z.strictObject({ pods: count, nodes: count, zones: count, ofNodes: count, ofZones: count });

/**
 * What depends on the target and what holds it. Lists are sorted by name, so that the same cluster gives the same
 * facts. A list that could not be read is empty here and named in `Facts.unknown`.
 */
export const dependents = z.strictObject({
  budgets: z.array(budget),
  services: z.array(service),
  hosts: z.array(host),
  dependencies: z.array(dependency),
  priorityClass: z.string().optional(),
  quotas: z.array(quota),
  /** Who last wrote the field that the action would write, if that was after the object was made. */
  lastChange: z.strictObject({ manager: z.string(), field: z.string(), at: instant }).optional(),
  /** Names of the PersistentVolumeClaims that the pods mount. */
  claims: z.array(z.string()),
  /** What a StatefulSet does with its claims (persistentVolumeClaimRetentionPolicy). */
  retention: z
    .strictObject({ whenScaled: z.enum(['Retain', 'Delete']), whenDeleted: z.enum(['Retain', 'Delete']) })
    .optional(),
  /** Leases that one of the pods holds: it is the leader of something. */
  leases: z.array(z.strictObject({ name: z.string(), pod: z.string() })),
  soleWorkloads: z.array(soleWorkload),
  /** Absent for pods and nodes, for a workload without ready pods, and in older rows. */
  spread: spread.optional(),
});
export type Dependents = z.infer<typeof dependents>;
