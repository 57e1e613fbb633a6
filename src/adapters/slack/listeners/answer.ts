import type { BlockAction, RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../../../workflow/ports.ts';
import { plainResponse } from '../cards/command-response.ts';

interface Click {
  readonly body: BlockAction;
  readonly respond: RespondFn;
  readonly client: WebClient;
  readonly log: Log;
}

/**
 * Tells one sentence to the person who clicked, and to nobody else. By the payload's response URL, which works
 * where the bot is no member; by chat.postEphemeral if that fails. A lost answer is logged: the decision stands.
 */
export async function tellClicker({ body, respond, client, log }: Click, sentence: string): Promise<void> {
  const { text, blocks } = plainResponse(sentence);
  const thread = body.message?.['thread_ts'];
  try {
    await respond({
      response_type: 'ephemeral',
      replace_original: false,
      text,
      blocks: [...blocks],
      ...(typeof thread === 'string' ? { thread_ts: thread } : {}),
    });
  } catch (error) {
    log.warn(
      { err: error, user: body.user.id },
      'The response URL did not take an answer; posting it instead',
    );
    await postEphemeral(client, body, sentence).catch((second: unknown) =>
      log.error({ err: second, user: body.user.id }, 'An answer to a click could not be shown'),
    );
  }
}

async function postEphemeral(client: WebClient, body: BlockAction, sentence: string): Promise<void> {
  const channel = body.channel?.id;
  if (channel === undefined) return;
  const { text, blocks } = plainResponse(sentence);
  await client.chat.postEphemeral({ channel, user: body.user.id, text, blocks: [...blocks] });
}
