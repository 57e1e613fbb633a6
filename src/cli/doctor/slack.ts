import { seeChannel } from '../../adapters/slack/examine.ts';
import { slackLogger } from '../../adapters/slack/logger.ts';
import { checkAppToken, identify } from '../../adapters/slack/startup.ts';
import type { Config } from '../../config.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { about, type Finding, sentenceOf } from './finding.ts';

const { right, doubtful, wrong } = about('Slack');

const ignore = (): void => undefined;
const silent = slackLogger({ debug: ignore, info: ignore, warn: ignore, error: ignore });

/** Tokens, scopes, the socket and the channels, by asking Slack; nothing is posted. */
export async function examineSlack({
  slack,
  policy,
}: Pick<Config, 'slack' | 'policy'>): Promise<readonly Finding[]> {
  const settings = { logger: silent, ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }) };
  try {
    const { teamId, lacks } = await identify(slack.botToken, settings);
    const { mode } = slack;
    return [
      scopes(teamId, lacks),
      mode.kind === 'socket'
        ? await socket(mode.appToken, settings)
        : doubtful(
            'Requests come to /slack/events; whether Slack reaches it is not seen from here.',
            'Type /remediate help in Slack.',
          ),
      ...secretFindings(mode),
      ...(await Promise.all(channelsOf(slack, policy).map((id) => channel(slack.botToken, id, settings)))),
    ];
  } catch (fault) {
    return [wrong(sentenceOf(fault), 'Compare the app with manifest.yml.')];
  }
}

function scopes(teamId: string, lacks: readonly string[]): Finding {
  const token = `The bot token is of workspace ${teamId}`;
  return lacks.length === 0
    ? right(`${token} and has every scope.`)
    : doubtful(
        `${token} and lacks ${lacks.join(', ')}: reports of incidents are said in words instead of as a file.`,
        'Add it as in manifest.yml and reinstall the app.',
      );
}

/** What is said of signing secrets; a table of cases in test/cli/doctor.test.ts. */
export function secretFindings(mode: Config['slack']['mode']): readonly Finding[] {
  if (mode.kind !== 'http' || mode.formerSecret === undefined) return [];
  return [
    doubtful(
      'Two signing secrets are in force: whoever has the old one can still sign requests.',
      'Leave the old one out of SLACK_SIGNING_SECRET when Slack signs with the new one.',
    ),
  ];
}

type Settings = Parameters<typeof identify>[1];

async function socket(appToken: string, settings: Settings): Promise<Finding> {
  return checkAppToken(appToken, settings).then(
    () => right('The app token opens a socket.'),
    (fault: unknown) => wrong(sentenceOf(fault), 'Make an app-level token with connections:write.'),
  );
}

/** Every channel that messages may go to, but those that objects name. */
function channelsOf({ channel: own }: Config['slack'], { channels }: Policy): readonly string[] {
  return [...new Set([own, ...channels.map(({ channel: id }) => id)])];
}

async function channel(botToken: string, id: string, settings: Settings): Promise<Finding> {
  const seen = await seeChannel(botToken, id, settings);
  switch (seen.kind) {
    case 'member':
      return right(`The bot is in the channel ${id}.`);
    case 'absent':
      return wrong(`Cards cannot be posted to ${id}: ${seen.reason}`, 'Invite the bot: /invite @Firebreak.');
    case 'unknown':
      return doubtful(`Whether the bot is in ${id} is not known: ${seen.reason}`, 'Ask again in a minute.');
  }
}
