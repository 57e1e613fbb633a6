import { createHash } from 'node:crypto';
import type { App, RespondArguments, SlashCommand } from '@slack/bolt';
import { plainResponse, responseMessage } from '../cards/command-response.ts';
import { withCodeStyle } from '../code-style.ts';
import { unescapeMrkdwn } from '../text.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

export const commandName = '/remediate';

/** /remediate: answered within Slack's three seconds, after what was asked is durable, to the one who asked. */
export function listenToRemediate(app: App, context: ListenerContext): void {
  app.command(commandName, async ({ command, ack, respond }) => {
    const slow = () => ack(ephemeral(plainResponse(notYet('ask'))));
    await acknowledge(answerTo(command, context), ack, slow, respond);
  });
}

async function answerTo(
  command: SlashCommand,
  { commands, home, log, codeStyle, workspaceUrl }: ListenerContext,
): Promise<RespondArguments> {
  const actor = actingUser({ userId: command.user_id, teamId: command.team_id }, { home, log });
  if (actor === undefined) return ephemeral(plainResponse(foreigner));
  try {
    const text = unescapeMrkdwn(command.text);
    const response = await commands.remediate({
      text,
      actor,
      channel: command.channel_id,
      requestKey: requestKey(command),
    });
    return ephemeral(withCodeStyle(responseMessage(response, workspaceUrl), codeStyle));
  } catch (error) {
    log.error({ err: error, user: actor.userId }, 'A slash command failed');
    return ephemeral(plainResponse(trouble));
  }
}

/** The same request again has the same key: Slack's trigger, or a digest of the request where there is none. */
function requestKey(command: SlashCommand): string {
  if (command.trigger_id !== undefined && command.trigger_id !== '') return `slash:${command.trigger_id}`;
  const parts = [command.team_id, command.user_id, command.channel_id, command.response_url, command.text];
  return `slash:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function ephemeral({ text, blocks }: ReturnType<typeof plainResponse>): RespondArguments {
  return { response_type: 'ephemeral', replace_original: false, text, blocks: [...blocks] };
}
