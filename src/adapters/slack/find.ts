import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Post } from '../../workflow/ports.ts';
import { blockPrefix } from './blocks.ts';
import { isMarked } from './files/mark.ts';
import type { Identity } from './startup.ts';

const message = z.object({
  ts: z.string(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  metadata: z.object({ event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
  blocks: z.array(z.object({ block_id: z.string().optional() })).optional(),
  files: z.array(z.object({ name: z.string().nullish() })).optional(),
});
type Message = z.infer<typeof message>;

/** Seconds by which our clock and Slack's may differ. */
const skew = 60;
const pageSize = 200;
const maxPages = 20;

type Place = Pick<Post, 'key' | 'channel' | 'threadTs'>;

/**
 * Looks for the messages that carry a key: in a thread if there is one, else in the channel's history. Oldest first.
 * The key is read from metadata, from the block ids where a server does not keep metadata, or from the name of a file.
 * Throws when Slack cannot be asked, because "not found" would lead to a second post.
 */
export async function findMessages(
  client: WebClient,
  self: Identity,
  place: Place,
  since: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const oldest = String(Math.floor(Date.parse(since) / 1000) - skew);
  const found: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    signal.throwIfAborted();
    const answer = await readPage(client, place, oldest, cursor);
    const own = answer.messages.filter((candidate) => ours(candidate, self) && carries(candidate, place.key));
    found.push(...own.map(({ ts }) => ts));
    cursor = answer.cursor;
    if (cursor === undefined) return found.toSorted((a, b) => Number(a) - Number(b));
  }
  throw new Error(`Too many messages since ${since} to look for ${place.key}.`);
}

async function readPage(
  client: WebClient,
  { channel, threadTs }: Place,
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
  if ((candidate.files ?? []).some(({ name }) => isMarked(name ?? '', key))) return true;
  return (candidate.blocks ?? []).some((block) => block.block_id?.startsWith(blockPrefix(key)) === true);
}
