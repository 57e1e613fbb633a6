import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { detailsAction, remediationIdOf } from '../cards/buttons.ts';
import { detailsModal } from '../cards/details.ts';
import { tellClicker } from './answer.ts';
import { actingUser, foreigner } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

const unknownCard = 'This button is not one of a card that Firebreak knows.';
const noDialog = 'The details could not be opened. Please try again.';

/** Details: everything about one remediation in a dialog, for whoever may see it. */
export function listenToDetails(app: App, { commands, home, client, log }: ListenerContext): void {
  app.action<BlockAction<ButtonAction>>(detailsAction, async ({ body, action, ack, respond }) => {
    await ack();
    const tell = (sentence: string) => tellClicker({ body, respond, client, log }, sentence);
    const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
    if (actor === undefined) return tell(foreigner);
    try {
      const id = remediationIdOf(action.value);
      if (id === undefined) return await tell(unknownCard);
      const found = await commands.details({ id, actor });
      if (found.kind !== 'details') return await tell(found.sentence);
      await client.views.open({
        trigger_id: body.trigger_id,
        view: detailsModal(found),
      });
    } catch (error) {
      log.warn({ err: error, user: body.user.id }, 'The details could not be opened');
      await tell(noDialog);
    }
  });
}
