import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { actionIds, parseValue } from '../cards/buttons.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { tellClicker } from './answer.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

/** Approve and Reject: the row decides, the clicker alone gets the answer, the card follows by the outbox. */
export function listenToVotes(app: App, { commands, home, client, log }: ListenerContext): void {
  for (const decision of ['approve', 'reject'] as const) {
    app.action<BlockAction<ButtonAction>>(actionIds[decision], async ({ body, action, ack, respond }) => {
      const answer = decide(body, action, decision);
      const tell = (sentence: string) => tellClicker({ body, respond, client, log }, sentence);
      await acknowledge(
        answer,
        async (sentence) => {
          await ack();
          await tell(sentence);
        },
        async () => {
          await ack();
          await tell(notYet('click'));
        },
        tell,
      );
    });
  }

  async function decide(
    body: BlockAction<ButtonAction>,
    action: ButtonAction,
    decision: 'approve' | 'reject',
  ): Promise<string> {
    const actor = actingUser({ userId: body.user.id, teamId: body.user.team_id }, { home, log });
    if (actor === undefined) return foreigner;
    const value = parseValue(action.value);
    if (value === undefined) return 'This button is not one of a card that Firebreak knows.';
    try {
      return (await commands.vote({ ...value, actor, decision })).sentence;
    } catch (error) {
      log.error({ err: error, remediation: value.remediationId, user: actor.userId }, 'A click failed');
      return trouble;
    }
  }
}
