import { WebClient } from '@slack/web-api';
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
  } catch (error) {
    throw new Error(sentence(readFault(error), variable, right, settings), { cause: error });
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
