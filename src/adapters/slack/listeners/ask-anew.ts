import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { actionIds, remediationIdOf } from '../cards/buttons.ts';
import { answerAlone } from './alone.ts';
import type { ListenerContext } from './listener-context.ts';

/** Ask anew: the button names a card, and what that was about is asked for by whoever clicks. */
export function listenToAskAnew(app: App, context: ListenerContext): void {
  app.action<BlockAction<ButtonAction>>(actionIds.askAnew, async ({ action, ...click }) => {
    await answerAlone(click, context, async (actor, where) => {
      const remediationId = remediationIdOf(action.value);
      return remediationId === undefined
        ? { kind: 'denied', sentence: 'This button is not one of a card that Firebreak knows.' }
        : context.commands.askAnew({ remediationId, actor, ...where });
    });
  });
}
