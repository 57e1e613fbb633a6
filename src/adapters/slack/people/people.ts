import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Actor } from '../../domain/actor.ts';
import type { Approvers } from '../../domain/policy/policy.ts';
import type { ApprovalRight, Log, People } from '../../workflow/ports.ts';
import { readFault } from './faults.ts';
import { createGroups, type Groups } from './groups.ts';

const allowed: ApprovalRight = { kind: 'allowed' };
const refused = (reason: string): ApprovalRight => ({ kind: 'refused', reason });
const unknown = (reason: string): ApprovalRight => ({ kind: 'unknown', reason });

/**
 * The People port on Slack. Starts from no: somebody may approve only when Slack says, now, that this is a full
 * member of our own workspace, and the policy names them or a group that Slack says, now, they are in.
 */
export function createPeople(client: WebClient, teamId: string, log: Log): People {
  const groups = createGroups(client);
  return {
    async mayApprove(actor, approvers) {
      const standing = await memberStanding(client, teamId, actor);
      if (standing.kind !== 'allowed') return standing;
      if (approvers.users.includes(actor.userId)) return allowed;
      const right = await byGroup(groups, actor, approvers);
      if (right.kind !== 'allowed')
        log.info({ user: actor.userId, reason: right.reason }, 'An approval was refused');
      return right;
    },
  };
}

const user = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_workflow_bot: z.boolean().optional(),
  is_connector_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  is_invited_user: z.boolean().optional(),
});
type User = z.infer<typeof user>;

/** What takes the right away, whatever the policy says. */
const disqualifying = [
  ['deleted', 'Your account is deactivated, so you cannot approve.'],
  ['is_bot', 'Apps and bots cannot approve.'],
  ['is_workflow_bot', 'Apps and bots cannot approve.'],
  ['is_connector_bot', 'Apps and bots cannot approve.'],
  ['is_restricted', 'Guests of the workspace cannot approve.'],
  ['is_ultra_restricted', 'Guests of the workspace cannot approve.'],
  ['is_stranger', 'Only members of this workspace can approve.'],
  ['is_invited_user', 'Your invitation is not accepted yet, so you cannot approve.'],
] as const satisfies readonly (readonly [keyof User, string])[];

async function memberStanding(client: WebClient, teamId: string, actor: Actor): Promise<ApprovalRight> {
  if (actor.teamId !== teamId)
    return refused('Only members of this workspace can approve; you belong to another one.');
  try {
    const answer = await client.users.info({ user: actor.userId });
    const told = user.safeParse(answer.user);
    if (!told.success || told.data.id !== actor.userId)
      return refused('Slack did not say who you are, so you cannot approve.');
    if (told.data.team_id !== undefined && told.data.team_id !== teamId) {
      return refused('Only members of this workspace can approve; you belong to another one.');
    }
    const reason = disqualifying.find(([flag]) => told.data[flag] === true)?.[1];
    return reason === undefined ? allowed : refused(reason);
  } catch (error) {
    const fault = readFault(error);
    const stranger =
      fault.kind === 'refused' && (fault.error === 'user_not_found' || fault.error === 'user_not_visible');
    return stranger
      ? refused('Slack does not know you in this workspace, so you cannot approve.')
      : unknown(
          `Your right to approve could not be checked, so it does not count: ${fault.reason} Try again.`,
        );
  }
}

async function byGroup(groups: Groups, actor: Actor, approvers: Approvers): Promise<ApprovalRight> {
  const looked = await Promise.all(approvers.groups.map((id) => groups.has(id, actor.userId)));
  if (looked.some((answer) => answer.kind === 'member')) return allowed;
  const doubts = looked.flatMap((answer) => (answer.kind === 'unknown' ? [answer.reason] : []));
  if (doubts.length > 0)
    return unknown(`Your right to approve could not be checked, so it does not count: ${doubts.join(' ')}`);
  return refused(
    approvers.groups.length + approvers.users.length === 0
      ? 'The policy names nobody who may approve this.'
      : 'The policy does not name you, nor a group you are in, as an approver of this.',
  );
}
