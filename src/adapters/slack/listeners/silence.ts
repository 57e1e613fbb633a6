import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { actionIds, remediationIdOf } from '../cards/buttons.ts';
import { tellClicker } from './answer.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

/** Silence alerts: the clicker alone gets the answer, the card follows by the outbox. */
export function listenToSilence(app: App, { commands, home, client, log }: ListenerContext): void {
  app.action<BlockAction<ButtonAction>>(actionIds.silence, async ({ body, action, ack, respond }) => {
    await ack();
    const tell = (sentence: string) => tellClicker({ body, respond, client, log }, sentence);
    const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
    if (actor === undefined) return tell(foreigner);
    const remediationId = remediationIdOf(action.value);
    if (remediationId === undefined) return tell('This button is not one of a card that Firebreak knows.');
    try {
      await tell((await commands.silence({ remediationId, actor })).sentence);
    } catch (error) {
      log.error({ err: error, remediation: remediationId, user: actor.userId }, 'A click failed');
      await tell(trouble);
    }
  });
}
