import { z } from 'zod';
import { stuckBudget } from './stuck-budget.ts';
import { termination } from './termination.ts';
import { unreadyNode } from './unready-node.ts';

const count = z.number().int().min(0);

/** A taint as a node has it. Its identity is its key and effect (kubernetes.io, "Taints and Tolerations"). */
const taint = z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.string() });
export type Taint = z.infer<typeof taint>;

/**
 * What decides whether a pod can leave its node and what is lost with it. `orphan`: its DaemonSet is gone; `claim`: it
 * mounts a PersistentVolumeClaim, which may be bound to this node.
 */
export const traits = [
  'ended',
  'pending',
  'deleting',
  'daemon',
  'orphan',
  'mirror',
  'emptyDir',
  'hostPath',
  'claim',
] as const;
export type Trait = (typeof traits)[number];

/** A pod on a node. A node has up to 250 of them, so what most pods have nothing of is left out. */
const nodePod = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  /** `Deployment/web`: what starts another in its place. Absent for a bare pod. */
  owner: z.string().optional(),
  ready: z.boolean(),
  traits: z.array(z.enum(traits)).optional(),
  /** Of one with the trait `deleting`. Absent in older rows. */
  termination: termination.optional(),
  /** The annotation by which it asks not to be moved, with its value. */
  veto: z.string().optional(),
  /** PodDisruptionBudgets of its namespace that cover it. */
  budgets: z.array(z.string()).optional(),
  /** How long it stays under the NoExecute taints of the action: seconds; absent if it goes at once. */
  tolerates: z.union([z.literal('for ever'), count]).optional(),
  /** Only in older rows: labels that the action writes and that this pod asks for; `placements` tells of them now. */
  asks: z.array(z.string()).optional(),
  /** Why none of the other nodes would take it. */
  noPlace: z.string().optional(),
});
export type NodePod = z.infer<typeof nodePod>;

/** A PodDisruptionBudget over pods of the node, counted by ourselves over all pods that it covers. */
const nodeBudget = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  healthy: count,
  /** How many must stay healthy. */
  desired: count,
  /** How many there are when all are: with no more than `desired` of them it never allows an eviction. */
  expected: count,
  /** How many its status allows to go, where that is fewer than these numbers leave. */
  allowed: count.optional(),
  stuck: stuckBudget.optional(),
  /** unhealthyPodEvictionPolicy AlwaysAllow: pods that are not ready may always go. */
  alwaysUnready: z.literal(true).optional(),
});
export type NodeBudget = z.infer<typeof nodeBudget>;

/** What is known of a node. What is optional is read only for actions that move pods, and not at all in older rows. */
export const nodeSubject = z.strictObject({
  kind: z.literal('node'),
  ready: z.boolean(),
  /** What is known of it where it is not ready. Absent in older rows. */
  unready: unreadyNode.optional(),
  unschedulable: z.boolean(),
  controlPlane: z.boolean(),
  pods: count,
  /** Nodes that can still take pods, this one not counted. */
  otherSchedulableNodes: count,
  zone: z.string().optional(),
  taints: z.array(taint).optional(),
  tenants: z.array(nodePod).optional(),
  /** The owners of its pods, with their ready pods on all nodes. */
  owners: z.array(z.strictObject({ namespace: z.string(), owner: z.string(), ready: count })).optional(),
  budgets: z.array(nodeBudget).optional(),
});
