import type { State } from '../../src/domain/remediation.ts';

/* What everybody may, stated for itself: nothing here is read from the sources but the names of the states. */

export const tiers = ['auto', 'human', 'dual', 'dual, two groups', 'blocked'] as const;
export type Tier = (typeof tiers)[number];

export const operations = ['ask', 'approve', 'reject', 'details', 'status', 'history', 'rollback'] as const;
export type Operation = (typeof operations)[number];

/**
 * Everybody, and what is special about them. The policy lets engineers ask, and approvers approve; where two groups
 * must agree, `first`, `third`, `twice` and `both` are of the one and `second` and `twice` of the other.
 */
export const identities = [
  ['requester', 'an engineer, who asked for it'],
  ['member', 'an engineer'],
  ['approver', 'an approver'],
  ['second approver', 'an approver, after the first'],
  ['third approver', 'an approver, of the same group as the first, after them'],
  ['same person twice', 'an approver, after they have approved'],
  ['requester and approver', 'an engineer and approver, who asked for it'],
  ['former approver', 'a full member who has approved and is no approver any more'],
  ['outsider', 'a full member whom the policy does not name'],
  ['guest', 'named, and a guest of several channels'],
  ['guest of one channel', 'named, and a guest of one channel'],
  ['foreign', 'named, and of another workspace by the signed payload'],
  ['other workspace', 'named, and of another workspace by what Slack knows'],
  ['stranger', 'named, and known to Slack through a shared channel only'],
  ['deleted', 'named, and deactivated'],
  ['invited', 'named, and has not accepted yet'],
  ['bot', 'named, and an app'],
  ['workflow', 'named, and a workflow'],
  ['unknown', 'named, and nobody that Slack knows'],
] as const;
export type Identity = (typeof identities)[number][0];

/** What comes of it. `settled`: they are told how it ended. Everything but the first five changes nothing. */
export type Outcome =
  | 'accepted'
  | 'carried out'
  | 'one more needed'
  | 'rejected'
  | 'withdrawn'
  | 'shown'
  | 'settled'
  | 'own request'
  | 'approved already'
  | 'same group'
  | 'refused';

const engineers: readonly Identity[] = ['requester', 'member', 'requester and approver'];
const approvers: readonly Identity[] = [
  'approver',
  'second approver',
  'third approver',
  'same person twice',
  'requester and approver',
];
const requesters: readonly Identity[] = ['requester', 'requester and approver'];

/** Why there is no remediation of this tier in this state; undefined where there is one. */
export function impossible(tier: Tier, state: State): string | undefined {
  if (state === 'requested' || state === 'no_action')
    return tier === 'auto' ? undefined : 'it has not been judged, so it has no tier: see auto';
  if (state === 'blocked')
    return tier === 'blocked' ? undefined : 'a hard rule puts it into the tier blocked';
  if (tier === 'blocked') return 'it ends when it has been judged';
  if (tier === 'auto' && (state === 'waiting' || state === 'rejected')) return 'it waits for nobody';
  return undefined;
}

/** What comes of an operation by somebody on a remediation. */
export function expected(tier: Tier, who: Identity, operation: Operation, state: State): Outcome {
  const asks = engineers.includes(who);
  const sees = asks || approvers.includes(who);
  if (operation === 'ask') return asks ? 'accepted' : 'refused';
  if (!sees) return 'refused';
  if (operation === 'details' || operation === 'status' || operation === 'history') return 'shown';
  if (state !== 'waiting') return 'settled';
  return operation === 'reject' ? rejecting(who) : approving(tier, who, operation);
}

function rejecting(who: Identity): Outcome {
  if (requesters.includes(who)) return 'withdrawn';
  return approvers.includes(who) ? 'rejected' : 'refused';
}

/** Nobody asked for a rollback. */
function approving(tier: Tier, who: Identity, operation: 'approve' | 'rollback'): Outcome {
  if (!approvers.includes(who)) return 'refused';
  if (operation === 'approve' && requesters.includes(who)) return 'own request';
  return tier === 'human' ? 'carried out' : inTwo(tier, who);
}

function inTwo(tier: Tier, who: Identity): Outcome {
  if (who === 'same person twice') return 'approved already';
  if (who === 'second approver') return 'carried out';
  if (who === 'third approver') return tier === 'dual, two groups' ? 'same group' : 'carried out';
  return 'one more needed';
}
