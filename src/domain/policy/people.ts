import { z } from 'zod';

/** Slack ids: users start with U or W, user groups with S. */
const userId = z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD');
export const groupId = z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD');
export const channelId = z.string().regex(/^[CG][A-Z0-9]+$/, 'must be a Slack channel id such as C012AB3CD');

const named = {
  users: z.array(userId).default([]),
  groups: z.array(groupId).default([]),
};

/** People with the right to approve: named users and members of user groups. Both empty means nobody. */
export const approvers = z.strictObject(named);

/**
 * Who may ask, among the full members of the workspace: without `users` and `groups` every one of them, with one of
 * the two whoever is named (nobody, when it is empty); and with `channels` a change may be asked for there alone.
 */
export const requesters = z
  .strictObject({
    users: z.array(userId).optional(),
    groups: z.array(groupId).optional(),
    channels: z
      .array(channelId)
      .min(1, 'must name a channel; leave it out where a change may be asked for anywhere')
      .optional(),
  })
  .refine((named) => Object.values(named).some((list) => list !== undefined), {
    error: 'must name users, groups or channels; leave it out to let every full member ask',
  });
export type Requesters = z.infer<typeof requesters>;

const role = z.strictObject({ name: z.string().min(1).max(60), ...named });
export type Role = z.infer<typeof role>;

/**
 * Who approves in the dual tier: any two of them or, with `separate`, two people of whom one is of the first group
 * and the other of the second.
 */
export const dualApprovers = approvers
  .extend({ separate: z.tuple([role, role]).optional() })
  .refine(({ users, groups, separate }) => separate === undefined || users.length + groups.length === 0, {
    error: 'separate takes the place of users and groups; name people in one of them',
  })
  .refine(({ separate }) => separate === undefined || separate[0].name !== separate[1].name, {
    path: ['separate'],
    error: 'the two need different names',
  });
export type DualApprovers = z.infer<typeof dualApprovers>;

/** The same with everybody among its users and groups who may give one of the approvals. */
export function everybody({ users, groups, separate }: DualApprovers): DualApprovers {
  const roles = separate ?? [];
  return {
    ...(separate === undefined ? {} : { separate }),
    users: [...new Set([...users, ...roles.flatMap((each) => each.users)])],
    groups: [...new Set([...groups, ...roles.flatMap((each) => each.groups)])],
  };
}

/** Both tiers' approvers. */
export const tierApprovers = z.strictObject({
  human: approvers.prefault({}),
  dual: dualApprovers.prefault({}),
});
