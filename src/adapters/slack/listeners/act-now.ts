import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { saysWhy, sayWhy } from '../../../workflow/lasting/act-now.ts';
import { actionIds, parseValue } from '../cards/buttons.ts';
import { plainResponse } from '../cards/command-response.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { aboutOf, actNowModal, actNowView, answeredModal, reasonBlock } from './act-now-dialog.ts';
import { tellClicker } from './answer.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

const unknownCard = 'This button is not one of a card that Firebreak knows.';

/** Act now: a dialog asks for the reason, and what is sent from it is answered in its place, to the one who sent it. */
export function listenToActNow(app: App, context: ListenerContext): void {
  listenToButton(app, context);
  app.view<ViewSubmitAction>(actNowView, async ({ body, view, ack }) => {
    // At the input itself: another view would take away what was ticked.
    if (!saysWhy(view.state.values[reasonBlock]?.['reason']?.value ?? ''))
      return await ack({ response_action: 'errors', errors: { [reasonBlock]: sayWhy } });
    const about = aboutOf(view.private_metadata);
    const said = (sentence: string) => ack({ response_action: 'update', view: answeredModal(sentence) });
    const late = async (sentence: string) => {
      const { text, blocks } = plainResponse(sentence);
      if (about === undefined) return;
      const { client, log } = context;
      await client.chat
        .postEphemeral({ channel: about.channel, user: body.user.id, text, blocks: [...blocks] })
        .catch((error: unknown) =>
          log.error({ err: error, user: body.user.id }, 'An answer to a dialog could not be shown'),
        );
    };
    await acknowledge(answerTo(body, context), said, () => said(notYet('ask')), late);
  });
}

function listenToButton(app: App, { commands, home, client, log }: ListenerContext): void {
  app.action<BlockAction<ButtonAction>>(actionIds.actNow, async ({ body, action, ack, respond }) => {
    await ack();
    const tell = (sentence: string) => tellClicker({ body, respond, client, log }, sentence);
    const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
    if (actor === undefined) return tell(foreigner);
    const value = parseValue(action.value);
    if (value === undefined) return tell(unknownCard);
    try {
      const offer = await commands.offerToActNow({ remediationId: value.remediationId, actor });
      if (offer.kind === 'refused') return await tell(offer.sentence);
      const about = { ...value, channel: body.channel?.id ?? '' };
      await client.views.open({ trigger_id: body.trigger_id, view: actNowModal(offer, about) });
    } catch (error) {
      log.warn({ err: error, user: body.user.id }, 'The dialog could not be opened');
      await tell('The dialog could not be opened. Please try again.');
    }
  });
}

async function answerTo(
  { user, view }: ViewSubmitAction,
  { commands, home, log }: ListenerContext,
): Promise<string> {
  const actor = actingUser({ userId: user.id, teamId: user.team_id }, { home, log });
  if (actor === undefined) return foreigner;
  const about = aboutOf(view.private_metadata);
  if (about === undefined) return unknownCard;
  const { remediationId, digest } = about;
  const { [reasonBlock]: reason, pause } = view.state.values;
  try {
    const answer = await commands.actNow({
      ...{ remediationId, digest, actor },
      reason: reason?.['reason']?.value ?? '',
      pause: (pause?.['pause']?.selected_options ?? []).length > 0,
    });
    return answer.sentence;
  } catch (error) {
    log.error({ err: error, remediation: remediationId, user: actor.userId }, 'A dialog failed');
    return trouble;
  }
}
