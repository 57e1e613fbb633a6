import { createHash } from 'node:crypto';
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { runAction } from '../cards/buttons.ts';
import { answerAlone } from './alone.ts';
import type { ListenerContext } from './listener-context.ts';

/**
 * Run: the command on the button is asked for by whoever clicks, as if they had typed it. A value that was forged is
 * worth no more than a typed command: it is read, judged and approved like one.
 */
export function listenToRun(app: App, context: ListenerContext): void {
  app.action<BlockAction<ButtonAction>>(runAction, async ({ action, ...click }) => {
    const text = action.value ?? '';
    const requestKey = keyOf(click.body, text);
    await answerAlone(click, context, (actor, where) =>
      context.commands.remediate({ text, actor, ...where, requestKey }),
    );
  });
}

/** Two clicks of one person on one button are one request. */
function keyOf({ user, container }: BlockAction<ButtonAction>, text: string): string {
  const parts = [user.id, container['channel_id'], container['message_ts'], text];
  return `run:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
