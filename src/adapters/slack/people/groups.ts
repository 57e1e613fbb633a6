import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type Fault, readFault } from './faults.ts';

/** Is somebody in a user group? `unknown`: Slack could not or would not say, which must count as no. */
type Membership =
  | { readonly kind: 'member' }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Groups {
  has(groupId: string, userId: string): Promise<Membership>;
}

type Lookup<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string };

const group = z.object({
  id: z.string(),
  date_delete: z.number().optional(),
  is_external: z.boolean().optional(),
});

/** How long the list of groups (which of them are disabled or external) may be reused, in milliseconds. */
const listAge = 60_000;

/**
 * Membership of user groups. Members are asked anew every time, one question at a time for each group: whoever
 * asks while an answer is under way shares it. Only the list of usable groups is kept for a minute; a group that
 * was disabled within it is refused by `usergroups.users.list` itself.
 */
export function createGroups(client: WebClient): Groups {
  const members = shared((groupId: string) => readMembers(client, groupId));
  const usable = kept(() => readUsable(client), listAge);
  return {
    async has(groupId, userId) {
      const [list, inside] = await Promise.all([usable(), members(groupId)]);
      if (list.kind === 'unknown') return list;
      if (inside.kind === 'unknown') return inside;
      if (!list.value.has(groupId))
        return { kind: 'unknown', reason: `Group ${groupId} is disabled, external or unknown.` };
      return inside.value.has(userId) ? { kind: 'member' } : { kind: 'stranger' };
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
      return 'This workspace has no user groups; name the approvers one by one in the policy.';
    default:
      return fault.reason;
  }
}

/** One call at a time for each argument; whoever asks meanwhile gets the same answer. */
function shared<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const pending = new Map<string, Promise<T>>();
  return (id) => {
    const running = pending.get(id) ?? read(id).finally(() => pending.delete(id));
    pending.set(id, running);
    return running;
  };
}

/** The last found answer for up to `age` milliseconds; an answer that was not found is never kept. */
function kept<T>(read: () => Promise<Lookup<T>>, age: number): () => Promise<Lookup<T>> {
  let last: { readonly at: number; readonly answer: Promise<Lookup<T>> } | undefined;
  return async () => {
    if (last !== undefined && performance.now() - last.at < age) return last.answer;
    const asking = { at: performance.now(), answer: read() };
    last = asking;
    const answer = await asking.answer;
    if (answer.kind === 'unknown' && last === asking) last = undefined;
    return answer;
  };
}
