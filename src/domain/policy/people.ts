import { z } from 'zod';

/** Slack ids: users start with U or W, user groups with S. */
const userId = z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD');
const groupId = z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD');

const named = {
  users: z.array(userId).default([]),
  groups: z.array(groupId).default([]),
};

/** People with the right to approve: named users and members of user groups. Both empty means nobody. */
export const approvers = z.strictObject(named);
export type Approvers = z.infer<typeof approvers>;

/** Both tiers' approvers. */
export const tierApprovers = z.strictObject({
  human: approvers.prefault({}),
  dual: approvers.prefault({}),
});
