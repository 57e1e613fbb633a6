import { z } from 'zod';

/** A node whose condition Ready is not True: nobody can be relied on to end pods there and to say so. */
export const unreadyNode = z.strictObject({
  name: z.string(),
  /** Its kubelet says so itself. Otherwise nobody has heard from it (Ready is Unknown). */
  reported: z.boolean(),
  since: z.iso.datetime().optional(),
  /** Somebody has said that it is off (node.kubernetes.io/out-of-service): pods that are told to end there are removed. */
  outOfService: z.literal(true).optional(),
});
export type UnreadyNode = z.infer<typeof unreadyNode>;
