import { createHash } from 'node:crypto';
import type { App, RespondArguments, SlashCommand } from '@slack/bolt';
import type { Commands } from '../../../workflow/commands.ts';
import type { Log } from '../../../workflow/ports.ts';
import { plainReceipt, receiptMessage } from '../cards/receipt.ts';
import { unescapeMrkdwn } from '../text.ts';
import { acknowledge } from './acknowledge.ts';
import { actingUser, foreigner, trouble } from './identity.ts';

export const commandName = '/remediate';

/** /remediate: answered within Slack's three seconds, after what was asked is durable, to the one who asked. */
export function listenToRemediate(
  app: App,
  { commands, home, log }: { commands: Commands; home: string; log: Log },
): void {
  app.command(commandName, async ({ command, ack, respond }) => {
    const answer = answerTo(command, commands, home, log);
    await acknowledge(answer, ack, ack, respond);
  });
}

async function answerTo(
  command: SlashCommand,
  commands: Commands,
  home: string,
  log: Log,
): Promise<RespondArguments> {
  const actor = actingUser({ userId: command.user_id, teamId: command.team_id }, home);
  if (actor === undefined) return ephemeral(plainReceipt(foreigner));
  try {
    const text = unescapeMrkdwn(command.text);
    return ephemeral(
      receiptMessage(await commands.remediate({ text, actor, requestKey: requestKey(command) })),
    );
  } catch (error) {
    log.error({ err: error, user: actor.userId }, 'A slash command failed');
    return ephemeral(plainReceipt(trouble));
  }
}

/** The same request again has the same key: Slack's trigger, or a digest of the request where there is none. */
function requestKey(command: SlashCommand): string {
  if (command.trigger_id !== undefined && command.trigger_id !== '') return `slash:${command.trigger_id}`;
  const parts = [command.team_id, command.user_id, command.channel_id, command.response_url, command.text];
  return `slash:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function ephemeral({ text, blocks }: ReturnType<typeof plainReceipt>): RespondArguments {
  return { response_type: 'ephemeral', replace_original: false, text, blocks: [...blocks] };
}
