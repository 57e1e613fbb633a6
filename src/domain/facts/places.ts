import { z } from 'zod';
import { unreadyNode } from './unready-node.ts';

const count = z.number().int().min(0);

/**
 * What keeps new pods from a place. `own`: pods of the target itself, and nobody else; `lasting`: what no pod that ends by
 * itself changes, such as labels, taints, volumes and sizes; `now`: pods of others, or a node that happens to be chosen.
 */
const hindrance = z.enum(['own', 'lasting', 'now']);
export type Hindrance = z.infer<typeof hindrance>;

/**
 * A claim whose volume is used from one node at a time (ReadWriteOnce), the nodes from which it is still in use when a new
 * pod starts, and whether a new pod can come to no other node than those that it is not used from.
 */
const heldClaim = z.strictObject({
  name: z.string(),
  nodes: z.array(z.string()),
  never: z.literal(true).optional(),
});
export type HeldClaim = z.infer<typeof heldClaim>;

/**
 * Where the pods that the action starts would find a place: tried on the nodes one after the other, in the order in which
 * their controller starts them and takes others away. Absent where it starts none, where it could not be told, and in
 * older rows.
 */
export const places = z.strictObject({
  /** Pods that were tried, and those that found a place. */
  tried: count,
  placed: count,
  /**
   * Why the others find none: completes "a new pod finds no place: ...". `first`: all find one if old pods go before new
   * ones start. `claim`: what is in the way is a volume for one pod alone.
   */
  stuck: z
    .strictObject({
      reason: z.string(),
      by: hindrance,
      first: z.literal(true).optional(),
      claim: z.string().optional(),
    })
    .optional(),
  claims: z.array(heldClaim).optional(),
  /** A DaemonSet's nodes on which what is replaced does not become ready: they are not ready, or have no room for it. */
  down: z.array(z.string()).optional(),
  /**
   * Pods that have to be gone, by the node that does not confirm it: of a StatefulSet and of what is recreated, before others
   * start in their place; of what is to have fewer pods, those that may go.
   */
  silent: z.array(z.strictObject({ node: unreadyNode, pods: z.array(z.string()) })).optional(),
  /** What may add nodes when pods find no place, such as Karpenter. */
  nodesFrom: z.string().optional(),
});
export type Places = z.infer<typeof places>;
