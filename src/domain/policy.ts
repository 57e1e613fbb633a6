import { z } from 'zod';
import { labelName } from './action.ts';

/** Slack ids: users start with U or W, user groups with S. */
const userId = z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD');
const groupId = z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD');

/** People with the right to approve: named users and members of user groups. Both empty means nobody. */
const approvers = z.strictObject({
  users: z.array(userId).default([]),
  groups: z.array(groupId).default([]),
});

/** At most 30 days: what is longer is a mistake, and far larger numbers are no instants any more. */
const seconds = z.number().int().positive().max(2_592_000);

/**
 * What a team decides about risk; one file, strict: an unknown key stops the load.
 * Every value has a default except the approvers, who must be named.
 */
export const policy = z.strictObject({
  version: z.literal(1),
  namespaces: z
    .strictObject({
      production: z.array(labelName).default(['production', 'prod']),
      /** Never touched, whoever approves. */
      protected: z.array(labelName).default(['kube-system', 'kube-public', 'kube-node-lease', 'firebreak']),
    })
    .prefault({}),
  /** Score multiplier of the production namespaces; others count once. */
  productionFactor: z.number().min(1).max(5).default(1.5),
  approvers: z.strictObject({ human: approvers.prefault({}), dual: approvers.prefault({}) }).prefault({}),
  /** How long a card waits for people, in seconds. */
  approvalTtlSeconds: seconds.default(3600),
  /** A server-side dry run comes before every change from this score on. 0: always. */
  dryRunFromScore: z.number().int().min(0).max(100).default(0),
  verification: z
    .strictObject({
      initialDelaySeconds: z.number().int().min(0).max(2_592_000).default(2),
      intervalSeconds: seconds.default(2),
      goodSamples: seconds.default(3),
      badSamples: seconds.default(3),
      errorSamples: seconds.default(5),
      deadlineSeconds: seconds.default(300),
    })
    .prefault({}),
});

export type Policy = z.infer<typeof policy>;
export type Approvers = z.infer<typeof approvers>;
export type VerificationPlan = Policy['verification'];
