import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type Fault, readFault } from '../faults.ts';
import { type Lookup, type Need, remembered } from './remembered.ts';

/**
 * Is somebody in a user group? `unknown`: Slack could not or would not say, which must count as no. `age`: seconds
 * since the oldest answer that this rests on was asked for.
 */
type Membership =
  | { readonly kind: 'member' | 'stranger'; readonly age: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What is good enough as an answer: about the members, and about which groups can be used at all. */
export interface GroupNeed {
  readonly members: Need;
  readonly list: Need;
}

export interface Groups {
  has(groupId: string, userId: string, need: GroupNeed): Promise<Membership>;
}

const group = z.object({
  id: z.string(),
  date_delete: z.number().optional(),
  is_external: z.boolean().optional(),
});

/** Membership of user groups, and whether a group is one that can be used: neither disabled nor external. */
export function createGroups(client: WebClient): Groups {
  const members = remembered((groupId) => readMembers(client, groupId));
  const usable = remembered(() => readUsable(client));
  return {
    async has(groupId, userId, need) {
      const [list, inside] = await Promise.all([usable('', need.list), members(groupId, need.members)]);
      if (list.kind === 'unknown') return list;
      if (inside.kind === 'unknown') return inside;
      if (!list.value.has(groupId))
        return { kind: 'unknown', reason: `Group ${groupId} is disabled, external or unknown.` };
      const age = Math.max(list.age, inside.age);
      return inside.value.has(userId) ? { kind: 'member', age } : { kind: 'stranger', age };
    },
  };
}

function readMembers(client: WebClient, usergroup: string): Promise<Lookup<ReadonlySet<string>>> {
  return looked(async () => new Set((await client.usergroups.users.list({ usergroup })).users ?? []));
}

function readUsable(client: WebClient): Promise<Lookup<ReadonlySet<string>>> {
  return looked(async () => {
    const answer = await client.usergroups.list({ include_disabled: true });
    const groups = z.array(group).parse(answer.usergroups ?? []);
    return new Set(
      groups
        .filter((each) => (each.date_delete ?? 0) === 0 && each.is_external !== true)
        .map((each) => each.id),
    );
  });
}

async function looked<T>(read: () => Promise<T>): Promise<Lookup<T>> {
  try {
    return { kind: 'found', value: await read() };
  } catch (error) {
    return { kind: 'unknown', reason: explained(readFault(error)) };
  }
}

function explained(fault: Fault): string {
  if (fault.kind !== 'refused') return `${fault.reason} Try again.`;
  switch (fault.error) {
    case 'no_such_subteam':
      return 'The policy names a user group that Slack does not have, or that is disabled.';
    case 'plan_upgrade_required':
    case 'unknown_method':
      return 'This workspace has no user groups; name the people one by one in the policy.';
    default:
      return fault.reason;
  }
}
