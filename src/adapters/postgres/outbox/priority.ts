import type { Requester } from '../../../domain/actor.ts';

/**
 * The order in which messages go: cards before replies before what nobody waits for, and what a person asked for before
 * what alerts brought about. 0 goes first; the numbers are stored (migration 0026 has those of rows without).
 */
export const priorities = {
  askedCard: 0,
  askedPart: 1,
  askedReply: 1,
  card: 2,
  part: 2,
  reply: 3,
  chatter: 4,
} as const;

/** From here on nobody asked for it: alerts brought it about. See rate-limits.ts. */
export const unasked = priorities.card;

/** Every number that a stored row may have. */
export const levels = [...new Set(Object.values(priorities))];

/** Offers of a rollback count as asked for: something has just gone wrong. */
export function cardPriority(requestedBy: Requester): number {
  return requestedBy.kind === 'playbook' ? priorities.card : priorities.askedCard;
}

export function partPriority(requestedBy: Requester): number {
  return requestedBy.kind === 'playbook' ? priorities.part : priorities.askedPart;
}
