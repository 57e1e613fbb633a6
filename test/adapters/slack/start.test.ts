import { describe, expect, it } from 'vitest';
import { startSlack } from '../../../src/adapters/slack/app.ts';
import { freePort } from '../../cluster/ports.ts';
import { recordedLog, silentLog } from '../../fixtures/log.ts';
import { type SlackDouble, startSlackDouble } from './double/start.ts';
import { bench, double, scripted, settingsFor } from './harness.ts';

describe('starting', () => {
  it.each([
    [
      'a wrong bot token',
      'socket',
      { botToken: 'xoxb-wrong' },
      /^Slack does not accept SLACK_BOT_TOKEN \(invalid_auth\): it must be the bot token/,
    ],
    [
      'a wrong app token',
      'socket',
      { mode: { kind: 'socket', appToken: 'xapp-wrong' } },
      /^Slack does not accept SLACK_APP_TOKEN \(invalid_auth\): it must be an app-level token/,
    ],
    [
      'an unreachable Slack',
      'socket',
      { apiUrl: 'http://127.0.0.1:9/api/', patience: 0 },
      /^Slack could not be reached at http:\/\/127\.0\.0\.1:9\/api\//,
    ],
    ['an address that is not there', 'http', { host: '192.0.2.1' }, /^Cannot listen on 192\.0\.2\.1:0: /],
  ] as const)('ends with one sentence for %s', async (_name, kind, change, sentence) => {
    const slack = await double();
    await expect(startSlack({ ...settingsFor(slack, kind, scripted()), ...change })).rejects.toThrow(
      sentence,
    );
  });

  it.each(['socket', 'http'] as const)('over %s waits for a Slack that is away', async (kind) => {
    const port = await freePort();
    const back = Promise.withResolvers<SlackDouble>();
    const said: string[] = [];
    const warn = (fields: object, sentence: string) => {
      if (!('seconds' in fields)) return;
      said.push(sentence);
      if (said.length === 1) startSlackDouble({ port }).then(back.resolve, back.reject);
    };
    const settings = settingsFor(await double(), kind, scripted());
    const apiUrl = `http://127.0.0.1:${port}/api/`;
    const bot = await startSlack({ ...settings, apiUrl, log: { ...silentLog, warn } });
    await bot.stop(1);
    await (await back.promise).close();
    expect(said[0]).toMatch(
      /^Slack could not be reached at http:.*ECONNREFUSED.* Check the network, the proxy and SLACK_API_URL\. It is asked again\.$/,
    );
  });

  it('waits as long as Slack asks, where that is not too long', async () => {
    const slack = await double();
    slack.fail('auth.test', { kind: 'rate_limited', retryAfter: 1 }, 2);
    const { log, said } = recordedLog();
    const bot = await startSlack({ ...settingsFor(slack, 'http', scripted()), log });
    await bot.stop(1);
    expect(said.map(([, fields]) => fields).filter((each) => 'seconds' in each)).toEqual([
      { seconds: 1 },
      { seconds: 1 },
    ]);
    slack.fail('auth.test', { kind: 'rate_limited', retryAfter: 30 });
    await expect(startSlack({ ...settingsFor(slack, 'http', scripted()), patience: 20 })).rejects.toThrow(
      'Slack limits how often SLACK_BOT_TOKEN may be checked: try again in 30 s.',
    );
  });

  it('names the scopes that are missing', async () => {
    const slack = await double();
    slack.workspace.scopes = ['chat:write', 'commands', 'users:read'];
    await expect(startSlack(settingsFor(slack, 'socket', scripted()))).rejects.toThrow(
      'The Slack app lacks the bot scopes channels:history, groups:history, usergroups:read: add them as in manifest.yml and reinstall the app.',
    );
  });

  it('shares the work with a second replica: each payload goes to one of them', async () => {
    const { slack, commands } = await bench('socket');
    const other = scripted();
    const second = await startSlack(settingsFor(slack, 'socket', other));
    await slack.untilConnected(2);
    for (const text of ['a', 'b', 'c', 'd']) await slack.slash('U0ALICE', text);
    await second.stop(1);
    expect([commands.asked.length, other.asked.length]).toEqual([2, 2]);
    await slack.until(() => (slack.sockets() === 1 ? true : undefined));
    expect((await slack.slash('U0ALICE', 'e')).kind).toBe('acked');
  });

  it('connects again by itself after Slack has said goodbye', async () => {
    const { slack, bot } = await bench('socket');
    slack.refreshSockets();
    await slack.until(() => (slack.sockets() === 0 ? true : undefined));
    await slack.untilConnected();
    await slack.until(() => (bot.connected() ? true : undefined));
    expect((await slack.slash('U0ALICE', 'x')).kind).toBe('acked');
  });
});
