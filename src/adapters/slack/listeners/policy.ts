import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { actionIds, parsePolicyValue } from '../cards/buttons.ts';
import { acknowledge, notYet } from './acknowledge.ts';
import { tellClicker } from './answer.ts';
import { actingUser, foreigner, trouble } from './identity.ts';
import type { ListenerContext } from './listener-context.ts';

/** Approve and Reject on a proposal to change the policy: the row decides, the clicker alone gets the answer. */
export function listenToPolicy(app: App, { commands, home, client, log }: ListenerContext): void {
  const decisions = [
    ['approve', actionIds.approvePolicy],
    ['reject', actionIds.rejectPolicy],
  ] as const;
  for (const [decision, id] of decisions) {
    app.action<BlockAction<ButtonAction>>(id, async ({ body, action, ack, respond }) => {
      const tell = (sentence: string) => tellClicker({ body, respond, client, log }, sentence);
      const answer = decide(body, action, decision);
      const inTime = async (sentence: string) => {
        await ack();
        await tell(sentence);
      };
      const slow = async () => {
        await ack();
        await tell(notYet('click'));
      };
      await acknowledge(answer, inTime, slow, tell);
    });
  }

  async function decide(
    { user }: BlockAction<ButtonAction>,
    { value }: ButtonAction,
    decision: 'approve' | 'reject',
  ): Promise<string> {
    const actor = actingUser({ userId: user.id, teamId: user.team_id }, { home, log });
    if (actor === undefined) return foreigner;
    const asked = parsePolicyValue(value);
    if (asked === undefined) return 'This button is not one of a message that Firebreak knows.';
    try {
      return (await commands.votePolicy({ ...asked, actor, decision })).sentence;
    } catch (error) {
      log.error({ err: error, ...asked, user: actor.userId }, 'A click failed');
      return trouble;
    }
  }
}
