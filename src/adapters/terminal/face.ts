import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../../domain/actor.ts';
import type { Requesters } from '../../domain/policy/people.ts';
import type { Approvers } from '../../domain/policy/policy.ts';
import type { State } from '../../domain/remediation.ts';
import type { Chat, Delivered, People, Post } from '../../workflow/ports.ts';
import { renderContent, renderNews } from './render.ts';

/** Prints one line. */
export type Print = (line: string) => void;

/** The Chat port, and what a script needs to keep step with what has been printed. */
export interface TerminalChat extends Chat {
  /** The state in which the card of a remediation was printed last. */
  shown(number: number): State | undefined;
  /** Resolves when nothing new has come for so many seconds. */
  quiet(seconds: number): Promise<void>;
}

/**
 * The terminal as a chat: a card is printed whole once and then in a line at each state; replies as they come.
 *
 * @param nameOf what to call a user id
 */
export function createTerminalChat(print: Print, nameOf: (userId: string) => string): TerminalChat {
  const sent = new Map<string, string>();
  const states = new Map<number, State>();
  const recent: { text: string; at: number } = { text: '', at: performance.now() };
  const show = async ({ key, channel, content }: Post): Promise<Delivered> => {
    const lines = sent.has(key) ? renderNews(content, recent.text) : renderContent(content, nameOf);
    for (const line of lines) print(line);
    recent.text = lines.join('\n');
    recent.at = performance.now();
    if (content.kind === 'card') states.set(content.remediation.number, content.remediation.state);
    const ts = sent.get(key) ?? String(sent.size + 1);
    sent.set(key, ts);
    return { kind: 'sent', channel, ts };
  };
  return {
    post: show,
    update: show,
    find: async ({ key }) => {
      const ts = sent.get(key);
      return ts === undefined ? [] : [ts];
    },
    // A line that was printed stays; there is never a second.
    remove: async () => ({ kind: 'removed' }),
    shown: (number) => states.get(number),
    quiet: async (seconds) => {
      for (;;) {
        const left = recent.at + seconds * 1000 - performance.now();
        if (left <= 0) return;
        await sleep(left);
      }
    },
  };
}

/** In a terminal there are no groups to look up and no guests: who is named may, and who is not named where some are, may not. */
export function createTerminalPeople(): People {
  return {
    mayApprove: async (actor: Actor, approvers: Approvers) =>
      approvers.users.includes(actor.userId)
        ? { kind: 'allowed' }
        : { kind: 'refused', reason: `${actor.userId} is not among the approvers of the policy.` },
    mayAsk: async (actor, requesters) =>
      isNamed(actor, requesters)
        ? { kind: 'allowed' }
        : { kind: 'refused', reason: `${actor.userId} is not among the requesters of the policy.` },
  };
}

function isNamed({ userId }: Actor, requesters: Requesters | undefined): boolean {
  const { users, groups } = requesters ?? {};
  return (users === undefined && groups === undefined) || users?.includes(userId) === true;
}
