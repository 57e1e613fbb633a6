import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Actor } from '../../../domain/actor.ts';
import { readFault } from '../faults.ts';
import { type Lookup, type Need, remembered } from './remembered.ts';

/** What somebody wants to do, for the sentence that tells them why they cannot. */
export type Deed = 'ask' | 'approve';

/** Whether somebody is a full member of our own workspace. `age`: seconds since Slack was asked. */
type Standing =
  | { readonly kind: 'member'; readonly age: number }
  | { readonly kind: 'refused'; readonly reason: string; readonly age: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Whether the server says of everybody if they are a guest. Slack does; the sandbox's workspace has no guests and
 * leaves the flags out. Where they are told, a person without them is somebody of whom nothing is known.
 */
export type GuestFlags = 'told' | 'left out';

export interface Members {
  standing(actor: Actor, deed: Deed, need: Need): Promise<Standing>;
}

const flag = z.boolean().optional();
const user = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  deleted: flag,
  is_bot: flag,
  is_workflow_bot: flag,
  is_connector_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_invited_user: flag,
});
type User = z.infer<typeof user>;

const elsewhere = (deed: Deed) => `Only members of this workspace can ${deed}; you belong to another one.`;
const bots = (deed: Deed) => `Apps and bots cannot ${deed}.`;
const guests = (deed: Deed) => `Guests of the workspace cannot ${deed}.`;

/** What takes the right away, whatever the policy says. */
const disqualifying = [
  ['deleted', (deed: Deed) => `Your account is deactivated, so you cannot ${deed}.`],
  ['is_bot', bots],
  ['is_workflow_bot', bots],
  ['is_connector_bot', bots],
  ['is_restricted', guests],
  ['is_ultra_restricted', guests],
  ['is_stranger', (deed: Deed) => `Only members of this workspace can ${deed}.`],
  ['is_invited_user', (deed: Deed) => `Your invitation is not accepted yet, so you cannot ${deed}.`],
] as const satisfies readonly (readonly [keyof User, (deed: Deed) => string])[];

/** What users.info says of every member (docs.slack.dev/reference/objects/user-object). */
const alwaysTold = ['team_id', 'deleted', 'is_bot'] as const;
const guestTold = ['is_restricted', 'is_ultra_restricted'] as const;

/** Slackbot is a user like others to users.info. */
const slackbot = 'USLACKBOT';

/** Starts from no: a full member is who Slack says is one of this workspace, and none of what disqualifies. */
export function createMembers(client: WebClient, teamId: string, guestFlags: GuestFlags): Members {
  const users = remembered((userId) => readUser(client, userId));
  const told = guestFlags === 'told' ? [...alwaysTold, ...guestTold] : alwaysTold;
  return {
    async standing({ userId, teamId: theirs }, deed, need) {
      if (theirs !== teamId) return { kind: 'refused', reason: elsewhere(deed), age: 0 };
      if (userId === slackbot) return { kind: 'refused', reason: bots(deed), age: 0 };
      const looked = await users(userId, need);
      if (looked.kind === 'unknown') return { kind: 'unknown', reason: looked.reason };
      const { value, age } = looked;
      const reason = reasonAgainst(value, { userId, teamId, deed });
      if (reason !== undefined) return { kind: 'refused', reason, age };
      const missing = told.filter((key) => value?.[key] === undefined);
      if (missing.length > 0)
        return {
          kind: 'unknown',
          reason: `Slack did not say whether you are a full member (${missing.join(', ')}).`,
        };
      return { kind: 'member', age };
    },
  };
}

function reasonAgainst(
  found: User | undefined,
  { userId, teamId, deed }: { userId: string; teamId: string; deed: Deed },
): string | undefined {
  if (found === undefined) return `Slack does not know you in this workspace, so you cannot ${deed}.`;
  if (found.id !== userId) return `Slack did not say who you are, so you cannot ${deed}.`;
  if (found.team_id !== undefined && found.team_id !== teamId) return elsewhere(deed);
  return disqualifying.find(([key]) => found[key] === true)?.[1](deed);
}

/** The user, or undefined where Slack knows none that we may see. */
async function readUser(client: WebClient, userId: string): Promise<Lookup<User | undefined>> {
  try {
    const told = user.safeParse((await client.users.info({ user: userId })).user);
    return told.success
      ? { kind: 'found', value: told.data }
      : { kind: 'unknown', reason: 'Slack did not say who you are.' };
  } catch (error) {
    const fault = readFault(error);
    const stranger =
      fault.kind === 'refused' && (fault.error === 'user_not_found' || fault.error === 'user_not_visible');
    return stranger ? { kind: 'found', value: undefined } : { kind: 'unknown', reason: fault.reason };
  }
}
