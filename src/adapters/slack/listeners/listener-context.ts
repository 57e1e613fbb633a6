import type { WebClient } from '@slack/web-api';
import type { Commands } from '../../../workflow/intake/commands.ts';
import type { Log } from '../../../workflow/ports.ts';
import type { CodeStyle } from '../code-style.ts';

/** What listeners need: the workflow's commands, our own workspace's id, the client that answers people. */
export interface ListenerContext {
  readonly commands: Commands;
  readonly home: string;
  readonly client: WebClient;
  readonly codeStyle: CodeStyle;
  /** For links to messages. */
  readonly workspaceUrl?: string | undefined;
  readonly log: Log;
}
