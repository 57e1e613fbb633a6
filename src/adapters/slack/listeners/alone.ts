import type { BlockAction, ButtonAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import type { Actor } from '../../../domain/actor.ts';
import type { CommandResponse } from '../../../workflow/intake/commands.ts';
import { plainResponse, responseMessage } from '../cards/command-response.ts';
import { withCodeStyle } from '../code-style.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

/** A click on a button that asks for something. */
export type Click = Pick<SlackActionMiddlewareArgs<BlockAction<ButtonAction>>, 'body' | 'ack' | 'respond'>;

/** Answers a click that asks for something as a command is answered: within Slack's three seconds, to the clicker alone. */
export async function answerAlone(
  { body, ack, respond }: Click,
  context: ListenerContext,
  ask: (actor: Actor, where: { readonly channel?: string }) => Promise<CommandResponse>,
): Promise<void> {
  await acknowledge(
    answerTo(body, context, ask),
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
}

async function answerTo(
  body: Click['body'],
  { home, log, codeStyle, workspaceUrl }: ListenerContext,
  ask: Parameters<typeof answerAlone>[2],
) {
  const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
  if (actor === undefined) return alone(plainResponse(foreigner));
  try {
    const response = await ask(actor, body.channel === undefined ? {} : { channel: body.channel.id });
    return alone(withCodeStyle(responseMessage(response, workspaceUrl), codeStyle));
  } catch (error) {
    log.error({ err: error, user: actor.userId }, 'A click that asks for something failed');
    return alone(plainResponse(trouble));
  }
}

function alone({ text, blocks }: ReturnType<typeof plainResponse>) {
  return { response_type: 'ephemeral' as const, replace_original: false, text, blocks: [...blocks] };
}
