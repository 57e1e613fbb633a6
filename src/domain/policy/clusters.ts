import { z } from 'zod';
import { freeze, raisedTier } from './freeze.ts';
import { approvers, channelId, dualApprovers, requesters } from './people.ts';

/**
 * How people call a cluster: in commands, where nothing has to be quoted, in keys and on cards. One that was alone is called as
 * its kubeconfig has it, which for EKS is an ARN, and keeps that when others join.
 */
export const clusterName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/,
    'must be a name of letters, digits and the signs . - _ : / @, such as prod-eu',
  );

/** What is different in one cluster, by its name. Without an entry all of the policy holds in it as it stands. */
export const clusterPolicy = z.strictObject({
  /** A command that is typed in one of these channels and names no cluster is for this one. */
  channels: z.array(channelId).default([]),
  /** Which alerts are of it, besides those whose label says its name. */
  alerts: z
    .strictObject({
      /** Other values of the label that mean this cluster. */
      labels: z.array(z.string().min(1).max(200)).default([]),
      /** Alert sources all of whose alerts are of it, where they have no such label. */
      sources: z
        .array(
          z
            .string()
            .regex(/^[a-z][a-z0-9-]*$/, 'must be a source of alerts such as alertmanager or json-uptime'),
        )
        .default([]),
    })
    .prefault({}),
  /** At least so many agree to anything in it. */
  tier: raisedTier.optional(),
  /** Instead of the policy's own requesters. */
  requesters: requesters.optional(),
  /** Instead of the policy's own approvers, for the tiers that are named. */
  approvers: z.strictObject({ human: approvers.optional(), dual: dualApprovers.optional() }).optional(),
  /** Instead of the policy's own freezes. */
  freezes: z.array(freeze).optional(),
});
export type ClusterPolicy = z.infer<typeof clusterPolicy>;
