import { WebClient } from '@slack/web-api';
import { type ClientSettings, clientOptions } from './clients.ts';
import { readFault } from './faults.ts';

/** Whether the bot may post to a channel, as far as reading it tells. */
export type ChannelSeen =
  | { readonly kind: 'member' }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Asks for the latest message of a channel: only a member gets it. Posts nothing. */
export async function seeChannel(
  botToken: string,
  channel: string,
  settings: ClientSettings,
): Promise<ChannelSeen> {
  const client = new WebClient(botToken, clientOptions(settings, 5_000, 0));
  try {
    await client.conversations.history({ channel, limit: 1 });
    return { kind: 'member' };
  } catch (error) {
    const fault = readFault(error);
    return { kind: fault.kind === 'refused' ? 'absent' : 'unknown', reason: fault.reason };
  }
}
