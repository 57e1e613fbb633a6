import type { WebClient } from '@slack/web-api';
import type { Actor } from '../../../domain/actor.ts';
import type { Occasion, People, Right } from '../../../workflow/ports.ts';
import { createGroups, type GroupNeed, type Groups } from './groups.ts';
import { createMembers, type Deed, type GuestFlags, type Members } from './member.ts';
import type { Need } from './remembered.ts';

const refused = (reason: string): Right => ({ kind: 'refused', reason });

/** How old Slack's answers may be: about the person, and about their groups. */
type Needs = GroupNeed & { readonly person: Need };

/** Put to Slack after the question. */
const anew: Need = { age: 0, shares: false };
/** Put to Slack now, or under way already. */
const now: Need = { age: 0, shares: true };
const minute: Need = { age: 60, shares: true };

/**
 * What each occasion needs. Slack allows 20 questions a minute about groups and 100 about people (its tiers 2 and 4),
 * so what may be a minute old is kept so long, where many people ask at once; a second approval is never decided by it.
 */
const needs: Readonly<Record<Occasion, Needs>> = {
  ask: { person: now, members: minute, list: minute },
  approve: { person: now, members: now, list: minute },
  'approve in two': { person: anew, members: anew, list: anew },
  gate: { person: minute, members: minute, list: minute },
};
const allNow: Needs = { person: now, members: now, list: now };

/** Whom a policy names; without either list, every full member. */
interface Named {
  readonly users?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
}

/**
 * The People port on Slack. Starts from no: somebody may act only when Slack says that this is a full member of our
 * own workspace, and the policy names them or a group that Slack says they are in.
 */
export function createPeople(
  client: WebClient,
  teamId: string,
  { guestFlags = 'told' }: { readonly guestFlags?: GuestFlags } = {},
): People {
  const sources = { groups: createGroups(client), members: createMembers(client, teamId, guestFlags) };
  return {
    mayApprove: (actor, approvers, occasion = 'approve') =>
      rightOf(sources, actor, { deed: 'approve', named: approvers, occasion }),
    mayAsk: (actor, requesters, occasion = 'ask') =>
      rightOf(sources, actor, { deed: 'ask', named: requesters ?? {}, occasion }),
  };
}

interface Sources {
  readonly members: Members;
  readonly groups: Groups;
}

interface Question {
  readonly deed: Deed;
  readonly named: Named;
  readonly occasion: Occasion;
}

/** A no that rests on what was kept is asked for once more: it may have been cured since. */
async function rightOf(sources: Sources, actor: Actor, question: Question): Promise<Right> {
  const right = await look(sources, actor, question, needs[question.occasion]);
  return right.kind === 'refused' && right.age > 0
    ? plain(await look(sources, actor, question, allNow))
    : plain(right);
}

type Found = Exclude<Right, { kind: 'refused' }> | (Extract<Right, { kind: 'refused' }> & { age: number });

const plain = (found: Found): Right => (found.kind === 'refused' ? refused(found.reason) : found);

async function look(sources: Sources, actor: Actor, question: Question, need: Needs): Promise<Found> {
  const { deed, named } = question;
  const standing = await sources.members.standing(actor, deed, need.person);
  if (standing.kind === 'unknown') return doubt(deed, `${standing.reason} Try again.`);
  if (standing.kind === 'refused') return standing;
  const { users, groups } = named;
  const open = users === undefined && groups === undefined;
  if (open || users?.includes(actor.userId) === true) return { kind: 'allowed', age: standing.age };
  return byGroup(sources.groups, actor, question, need, standing.age);
}

const consequences = { ask: 'nothing was done', approve: 'it does not count' } as const;

const doubt = (deed: Deed, reason: string): Found => ({
  kind: 'unknown',
  reason: `Your right to ${deed} could not be checked, so ${consequences[deed]}: ${reason}`,
});

/** One group that is certain is enough. */
async function byGroup(
  groups: Groups,
  actor: Actor,
  { deed, named }: Question,
  need: GroupNeed,
  personAge: number,
): Promise<Found> {
  const looked = await Promise.all((named.groups ?? []).map((id) => groups.has(id, actor.userId, need)));
  const inside = looked.flatMap((answer) => (answer.kind === 'member' ? [answer.age] : []));
  if (inside.length > 0) return { kind: 'allowed', age: Math.max(personAge, Math.min(...inside)) };
  const doubts = looked.flatMap((answer) => (answer.kind === 'unknown' ? [answer.reason] : []));
  if (doubts.length > 0) return doubt(deed, [...new Set(doubts)].join(' '));
  const age = Math.max(personAge, ...looked.map((answer) => (answer.kind === 'unknown' ? 0 : answer.age)));
  return { ...refusedBy(deed, named), age };
}

function refusedBy(deed: Deed, { users = [], groups = [] }: Named): { kind: 'refused'; reason: string } {
  const what = { ask: 'ask for this', approve: 'approve this' }[deed];
  const role = { ask: 'somebody who may ask for this', approve: 'an approver of this' }[deed];
  const reason =
    users.length + groups.length === 0
      ? `The policy names nobody who may ${what}.`
      : `The policy does not name you, nor a group you are in, as ${role}.`;
  return { kind: 'refused', reason };
}
