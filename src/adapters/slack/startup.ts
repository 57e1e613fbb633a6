import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import type { Log } from '../../workflow/ports.ts';
import { type ClientSettings, clientOptions } from './clients.ts';
import { type Fault, readFault } from './faults.ts';
import { lackingOf } from './scopes.ts';

/** What auth.test says of the bot token. */
export interface Identity {
  readonly teamId: string;
  readonly userId: string;
  readonly botId: string | undefined;
  /** Of the workspace, with a slash at its end. */
  readonly url: string | undefined;
  /** Scopes that it can do without. */
  readonly lacks: readonly string[];
}

/** Slack could not be asked, or asks to wait: it may answer later. The message is one sentence. */
class SlackAway extends Error {
  /** Seconds before which it is not to be asked again. */
  readonly afterSeconds: number;

  constructor(message: string, { afterSeconds, cause }: { afterSeconds: number; cause: unknown }) {
    super(message, { cause });
    this.name = 'SlackAway';
    this.afterSeconds = afterSeconds;
  }
}

const wrongToken = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

/** Asks once who the bot token belongs to; a wrong token, a missing scope and silence each get their sentence. */
export async function identify(botToken: string, settings: ClientSettings): Promise<Identity> {
  const client = new WebClient(botToken, clientOptions(settings, 5_000, 0));
  const answer = await asked(
    () => client.auth.test(),
    'SLACK_BOT_TOKEN',
    'the bot token (xoxb-...) of the installed app',
    settings,
  );
  const granted = answer.response_metadata?.scopes;
  const { needed, dispensable } =
    granted === undefined || granted.length === 0 ? { needed: [], dispensable: [] } : lackingOf(granted);
  if (needed.length > 0) {
    throw new Error(
      `The Slack app lacks the bot scopes ${needed.join(', ')}: add them as in manifest.yml and reinstall the app.`,
    );
  }
  const { team_id, user_id, bot_id, url } = answer;
  if (team_id === undefined || user_id === undefined)
    throw new Error('Slack did not say which workspace SLACK_BOT_TOKEN belongs to.');
  return { teamId: team_id, userId: user_id, botId: bot_id, url, lacks: dispensable };
}

/** Seconds between two questions, at most: Slack is back for a while before anybody notices. */
const longestWait = 30;

/**
 * What `ask` says, once Slack can be asked: a replica that is started anew while Slack is away goes on when it is back,
 * and is not left to the longer and longer waits between two starts.
 *
 * @param asked what has been asked already
 * @param patience seconds; then the last fault is thrown. What Slack refuses is thrown at once.
 */
export async function untilAnswered<T>(
  asked: Promise<T>,
  ask: () => Promise<T>,
  { patience, log }: { readonly patience: number; readonly log: Log },
): Promise<T> {
  const end = performance.now() + patience * 1000;
  let answer = asked;
  // At once the first time: while much is loaded an answer may lie unread until it counts as late.
  for (let wait = 0; ; wait = Math.min(Math.max(1, wait * 2), longestWait)) {
    try {
      return await answer;
    } catch (fault) {
      const seconds = fault instanceof SlackAway ? Math.max(wait, fault.afterSeconds) : 0;
      if (!(fault instanceof SlackAway) || performance.now() + seconds * 1000 > end) throw fault;
      if (seconds > 0) {
        log.warn({ seconds }, `${fault.message} It is asked again.`);
        await sleep(seconds * 1000);
      }
    }
    answer = ask();
  }
}

/** Asks once for a socket, so that a wrong app token is told at once rather than after a hundred retries. */
export async function checkAppToken(appToken: string, settings: ClientSettings): Promise<void> {
  const client = new WebClient(appToken, clientOptions(settings, 5_000, 0));
  await asked(
    () => client.apps.connections.open({}),
    'SLACK_APP_TOKEN',
    'an app-level token (xapp-...) with connections:write',
    settings,
  );
}

async function asked<T>(
  call: () => Promise<T>,
  variable: string,
  right: string,
  settings: ClientSettings,
): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const fault = readFault(cause);
    const message = sentence(fault, variable, right, settings);
    if (fault.kind === 'refused') throw new Error(message, { cause });
    throw new SlackAway(message, { afterSeconds: fault.kind === 'limited' ? fault.afterSeconds : 0, cause });
  }
}

function sentence(fault: Fault, variable: string, right: string, { apiUrl }: ClientSettings): string {
  if (fault.kind === 'limited')
    return `Slack limits how often ${variable} may be checked: try again in ${fault.afterSeconds} s.`;
  if (fault.kind === 'ambiguous') {
    return `Slack could not be reached at ${apiUrl ?? 'https://slack.com/api/'}: ${fault.reason} Check the network, the proxy and SLACK_API_URL.`;
  }
  if (wrongToken.has(fault.error))
    return `Slack does not accept ${variable} (${fault.error}): it must be ${right}.`;
  return `Slack refused ${variable}: ${fault.reason} It must be ${right}.`;
}
