import type { App } from '@slack/bolt';
import { actionIds } from '../cards/buttons.ts';
import { listenToActNow } from './act-now.ts';
import { listenToAskAnew } from './ask-anew.ts';
import { listenToDetails } from './details.ts';
import type { ListenerContext } from './listener-context.ts';
import { listenToPolicy } from './policy.ts';
import { listenToRemediate } from './remediate.ts';
import { listenToRun } from './run.ts';
import { listenToSilence } from './silence.ts';
import { listenToTogether } from './together.ts';
import { listenToVotes } from './vote.ts';

/** Any action that is not one of ours: acknowledged, or people would see a warning triangle. */
const otherActions = new RegExp(
  `^(?!(?:${Object.values(actionIds).join('|')}|remediation:run(?::\\d)?|remediation:details:\\d+)$)`,
);

/** Bolt's own name for it is not exported; it is the last overload. */
type ExtendedErrorHandler = Parameters<App['error']>[0];

/** Listens to the command, to every button and dialog, and answers those that are none of ours. */
export function registerListeners(app: App, context: ListenerContext): void {
  listenToRemediate(app, context);
  listenToVotes(app, context);
  listenToDetails(app, context);
  listenToSilence(app, context);
  listenToActNow(app, context);
  listenToAskAnew(app, context);
  listenToRun(app, context);
  listenToTogether(app, context);
  listenToPolicy(app, context);
  app.action(otherActions, async ({ ack }) => {
    await ack();
  });
  const failed: ExtendedErrorHandler = async ({ error }) => {
    context.log.error({ err: error.original ?? error }, 'A Slack listener failed');
  };
  app.error(failed);
}
