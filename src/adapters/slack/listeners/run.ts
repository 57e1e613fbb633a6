import { createHash } from 'node:crypto';
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { runAction } from '../cards/buttons.ts';
import { plainResponse, responseMessage } from '../cards/command-response.ts';
import { withCodeStyle } from '../code-style.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

/**
 * Run: the command on the button is asked for by whoever clicks, as if they had typed it. A value that was forged is
 * worth no more than a typed command: it is read, judged and approved like one.
 */
export function listenToRun(app: App, context: ListenerContext): void {
  app.action<BlockAction<ButtonAction>>(runAction, async ({ body, action, ack, respond }) => {
    await acknowledge(
      answerTo(body, action.value ?? '', context),
      async (message) => {
        await ack();
        await respond(message);
      },
      async () => {
        await ack();
        await respond(alone(plainResponse(notYet('click')))).catch((error: unknown) =>
          context.log.warn({ err: error, user: body.user.id }, 'The response URL did not take an answer'),
        );
      },
      respond,
    );
  });
}

async function answerTo(
  body: BlockAction<ButtonAction>,
  text: string,
  { commands, home, log, codeStyle, workspaceUrl }: ListenerContext,
) {
  const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
  if (actor === undefined) return alone(plainResponse(foreigner));
  try {
    const channel = body.channel === undefined ? {} : { channel: body.channel.id };
    const requestKey = keyOf(body, text);
    const response = await commands.remediate({ text, actor, ...channel, requestKey });
    return alone(withCodeStyle(responseMessage(response, workspaceUrl), codeStyle));
  } catch (error) {
    log.error({ err: error, user: actor.userId }, 'A click on Run failed');
    return alone(plainResponse(trouble));
  }
}

/** Two clicks of one person on one button are one request. */
function keyOf({ user, container }: BlockAction<ButtonAction>, text: string): string {
  const parts = [user.id, container['channel_id'], container['message_ts'], text];
  return `run:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function alone({ text, blocks }: ReturnType<typeof plainResponse>) {
  return { response_type: 'ephemeral' as const, replace_original: false, text, blocks: [...blocks] };
}
