import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Post } from '../../workflow/ports.ts';
import { blockPrefix } from './blocks.ts';
import type { Identity } from './startup.ts';

const message = z.object({
  ts: z.string(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  metadata: z.object({ event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
  blocks: z.array(z.object({ block_id: z.string().optional() })).optional(),
});
type Message = z.infer<typeof message>;

/** Seconds by which our clock and Slack's may differ. */
const skew = 60;
const pageSize = 200;
const maxPages = 20;

/**
 * Looks for the message that carries the post's key: in its thread if it has one, else in the channel's history.
 * The key is read from metadata, or from the block ids where a server does not keep metadata.
 * Throws when Slack cannot be asked, because "not found" would lead to a second post.
 */
export async function findMessage(
  client: WebClient,
  self: Identity,
  post: Post,
  since: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const oldest = String(Math.floor(Date.parse(since) / 1000) - skew);
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    signal.throwIfAborted();
    const answer = await readPage(client, post, oldest, cursor);
    const found = answer.messages.find((candidate) => ours(candidate, self) && carries(candidate, post.key));
    if (found !== undefined) return found.ts;
    cursor = answer.cursor;
    if (cursor === undefined) return undefined;
  }
  throw new Error(`Too many messages since ${since} to look for ${post.key}.`);
}

async function readPage(
  client: WebClient,
  { channel, threadTs }: Post,
  oldest: string,
  cursor: string | undefined,
) {
  const window = {
    channel,
    oldest,
    limit: pageSize,
    include_all_metadata: true,
    ...(cursor === undefined ? {} : { cursor }),
  };
  const answer =
    threadTs === undefined
      ? await client.conversations.history(window)
      : await client.conversations.replies({ ...window, ts: threadTs });
  const next = answer.response_metadata?.next_cursor;
  return { messages: z.array(message).parse(answer.messages ?? []), cursor: next === '' ? undefined : next };
}

/** Another app may copy a key; only what our own bot wrote counts. */
function ours(candidate: Message, self: Identity): boolean {
  return candidate.user === self.userId || (self.botId !== undefined && candidate.bot_id === self.botId);
}

function carries(candidate: Message, key: string): boolean {
  if (candidate.metadata?.event_payload?.['key'] === key) return true;
  return (candidate.blocks ?? []).some((block) => block.block_id?.startsWith(blockPrefix(key)) === true);
}
