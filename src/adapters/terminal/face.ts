import type { Actor } from '../../domain/actor.ts';
import type { Approvers } from '../../domain/policy.ts';
import type { Chat, Delivered, People, Post } from '../../workflow/ports.ts';
import { renderContent, renderNews } from './render.ts';

/** Prints one line. */
export type Print = (line: string) => void;

/** The terminal as a chat: every card, at every state, and every reply is printed as it comes. */
export function createTerminalChat(print: Print): Chat {
  const shown = new Map<string, string>();
  const sent = new Map<string, string>();
  const show = async (post: Post): Promise<Delivered> => {
    // A card is read whole once; afterwards what it says now is enough.
    const lines = shown.has(post.key) ? renderNews(post.content) : renderContent(post.content);
    const text = lines.join('\n');
    if (shown.get(post.key) !== text) for (const line of lines) print(line);
    shown.set(post.key, text);
    const ts = sent.get(post.key) ?? String(sent.size + 1);
    sent.set(post.key, ts);
    return { kind: 'sent', channel: post.channel, ts };
  };
  return { post: show, update: show, find: async (post) => sent.get(post.key) };
}

/** In a terminal there are no groups to look up: the users that the policy names may approve. */
export function createTerminalPeople(): People {
  return {
    mayApprove: async (actor: Actor, approvers: Approvers) =>
      approvers.users.includes(actor.userId)
        ? { kind: 'allowed' }
        : { kind: 'refused', reason: `${actor.userId} is not among the approvers of the policy.` },
  };
}
