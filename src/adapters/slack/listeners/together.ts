import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { actionIds, choiceId, togetherView } from '../cards/buttons.ts';
import { plainResponse } from '../cards/command-response.ts';
import { type Confirmed, parseConfirmed, togetherAnswer, togetherModal } from '../cards/together.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { tellClicker } from './answer.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

const unknownMessage = 'This button is not one of a message that Firebreak knows.';

/** Approve several: what was chosen on the message of a storm is shown once more, and approved by the confirmation. */
export function listenToTogether(app: App, context: ListenerContext): void {
  const { home, client, log } = context;
  app.action<BlockAction<ButtonAction>>(actionIds.together, async ({ body, action, ack, respond }) => {
    await ack();
    const tell = (sentence: string) => tellClicker({ body, respond, client, log }, sentence);
    const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
    if (actor === undefined) return tell(foreigner);
    const storm = Number(action.value);
    if (!Number.isInteger(storm) || storm < 1) return tell(unknownMessage);
    try {
      const chosen = chosenIn(body);
      const shown = await context.commands.showTogether({ storm, chosen, actor });
      if (shown.kind === 'refused') return await tell(shown.sentence);
      const channel = body.channel === undefined ? {} : { channel: body.channel.id };
      const view = togetherModal(shown, { storm, chosen, digest: shown.digest, ...channel });
      await client.views.open({ trigger_id: body.trigger_id, view });
    } catch (error) {
      log.error({ err: error, storm, user: actor.userId }, 'A click failed');
      await tell(trouble);
    }
  });
  app.view<ViewSubmitAction>(togetherView, async ({ body, view, ack }) => {
    const carried = parseConfirmed(view.private_metadata);
    const show = (sentence: string) => ack({ response_action: 'update', view: togetherAnswer(sentence) });
    await acknowledge(
      approve(body, carried, context),
      show,
      () => show(notYet('click')),
      (sentence) => tellLate(body.user.id, carried, sentence, context),
    );
  });
}

/** The values chosen on a message, whichever block they are in. */
function chosenIn({ state }: BlockAction<ButtonAction>): string[] {
  const found = Object.values(state?.values ?? {}).flatMap(
    (block) => block[choiceId]?.selected_options ?? [],
  );
  return found.flatMap(({ value }) => value ?? []);
}

async function approve(
  { user }: ViewSubmitAction,
  carried: Confirmed | undefined,
  { commands, home, log }: ListenerContext,
): Promise<string> {
  const actor = actingUser({ userId: user.id, teamId: user.team_id }, { home, log });
  if (actor === undefined) return foreigner;
  if (carried === undefined) return 'This dialog is not one that Firebreak knows.';
  const { channel: _channel, ...confirmed } = carried;
  try {
    return (await commands.approveTogether({ ...confirmed, actor })).sentence;
  } catch (error) {
    log.error({ err: error, storm: carried.storm, user: actor.userId }, 'An approval of several failed');
    return trouble;
  }
}

/** The dialog has been answered by then; a lost answer is logged: the decision stands. */
async function tellLate(
  user: string,
  carried: Confirmed | undefined,
  sentence: string,
  { client, log }: ListenerContext,
): Promise<void> {
  const channel = carried?.channel;
  if (channel === undefined) return;
  const { text, blocks } = plainResponse(sentence);
  await client.chat
    .postEphemeral({ channel, user, text, blocks: [...blocks] })
    .catch((error: unknown) => log.error({ err: error, user }, 'A late answer could not be shown'));
}
