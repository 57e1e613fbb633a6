import { WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { chartBlock } from '../../../src/adapters/slack/cards/chart.ts';
import { createChat } from '../../../src/adapters/slack/chat.ts';
import { clientOptions } from '../../../src/adapters/slack/clients.ts';
import { shareFiles } from '../../../src/adapters/slack/files/share.ts';
import { faultsOf } from '../../../src/adapters/slack/limits.ts';
import { slackLogger } from '../../../src/adapters/slack/logger.ts';
import type { Content } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { double } from './harness.ts';

const values = Array.from({ length: 20 }, (_, index) => index);
const chart = {
  title: 'Restarts in 5 min',
  unit: 'restarts',
  at: values.map((index) => new Date(Date.parse(noon) + index * 180_000).toISOString()),
  series: [{ name: 'restarts', values }],
};
const content = {
  kind: 'reply',
  notice: {
    kind: 'reply',
    headline: 'The hour before',
    body: 'Restarts in 5 min (restarts): 0 at 12:00 UTC.',
    broadcast: false,
    charts: [chart],
  },
} as const satisfies Content;
const post = { key: 'measured:1', channel: 'C0OPS', content };
const ready = {
  ...{ title: 'Ready pods', unit: 'pods', at: chart.at },
  series: [
    { name: 'ready', values },
    { name: 'wanted', values: values.map(() => 19) },
  ],
};
const two = {
  ...post,
  content: {
    ...content,
    notice: {
      ...content.notice,
      body: 'Restarts in 5 min (restarts): 0 at 12:00 UTC <!here>.',
      charts: [chart, ready],
    },
  },
};
const aMinuteAgo = () => new Date(Date.now() - 60_000).toISOString();
const signal = new AbortController().signal;

async function uploadOf() {
  const slack = await double();
  const { botToken, teamId, botUserId, botId } = slack.workspace;
  const server = { apiUrl: slack.apiUrl, logger: slackLogger(silentLog) };
  const client = new WebClient(botToken, clientOptions(server, 10_000, 0));
  const self = { teamId, userId: botUserId, botId, url: undefined, lacks: [] };
  return { slack, client, self };
}

async function chatOf(codeStyle: 'fenced' | 'spans') {
  const { slack, client, self } = await uploadOf();
  return { slack, chat: createChat(client, self, silentLog, { codeStyle, fetch }) };
}
const kindsOf = (blocks: readonly object[] = []) => blocks.map((block) => Reflect.get(block, 'type'));

test('a chart is one of Slack’s own, within its limits', () => {
  expect(faultsOf([chartBlock(chart)])).toEqual([]);
  expect(faultsOf([chartBlock(chart), chartBlock(chart), chartBlock(chart)])).not.toEqual([]);
  const { series, ...rest } = chart;
  expect(faultsOf([chartBlock({ ...rest, series: [...series, ...series] })])).not.toEqual([]);
});

test.each([
  ['before the first call', 0],
  ['while its first file is taken', 1],
  ['while its last file is taken', 2],
])('what is broken off %s is not shared afterwards', async (_when, taken) => {
  const { slack, client, self } = await uploadOf();
  const stop = new AbortController();
  if (taken === 0) stop.abort();
  const uploaded: string[] = [];
  const counting: typeof fetch = (input, init) => {
    uploaded.push(String(input));
    if (uploaded.length === taken) stop.abort();
    return fetch(input, init);
  };
  const files = ['a', 'b'].map((name) => ({
    name,
    type: 'md' as const,
    title: name,
    body: new Uint8Array(3),
  }));
  const upload = { client, self, fetch: counting };
  expect(await shareFiles(upload, two, files, 'Two files', stop.signal)).toMatchObject({ kind: 'later' });
  expect(uploaded).toHaveLength(taken);
  expect(slack.messages()).toEqual([]);
});

test('it stands below what is said of it in words', async () => {
  const { slack, chat } = await chatOf('fenced');
  expect(await chat.post(post, signal)).toMatchObject({ kind: 'sent' });
  expect(kindsOf(slack.messages()[0]?.blocks)).toEqual(['section', 'section', 'data_visualization']);
});

/** The first bytes of a PNG, and its width and height (w3.org/TR/png, "PNG signature", "IHDR"). */
const isPicture = (bytes: Buffer): boolean =>
  bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n' &&
  bytes.readUInt32BE(16) === 960 &&
  bytes.readUInt32BE(20) === 320;

/** What was shared of the charts. */
const sharedIn = (slack: Awaited<ReturnType<typeof double>>) =>
  slack.messages().filter(({ files }) => files !== undefined);

describe.each([
  ['where Slack does not take it', 'fenced', 'invalid_blocks'],
  ['on another server than Slack, which cannot show it', 'spans', undefined],
] as const)('%s', (_where, codeStyle, error) => {
  async function stage() {
    const { slack, chat } = await chatOf(codeStyle);
    if (error !== undefined) slack.fail('chat.postMessage', { kind: 'error', error });
    return { slack, chat };
  }

  test('it is a picture, with its words in the same message and for screen readers', async () => {
    const { slack, chat } = await stage();
    const sent = await chat.post(two, signal);
    const [message, ...others] = slack.messages();
    expect(others).toEqual([]);
    expect(sent).toEqual({ kind: 'sent', channel: 'C0OPS', ts: message?.ts });
    expect(message?.text).toBe(
      '*The hour before*\nRestarts in 5 min (restarts): 0 at 12:00 UTC &lt;!here&gt;.',
    );
    expect(message?.files?.map(({ bytes }) => isPicture(bytes))).toEqual([true, true]);
    expect(message?.files).toMatchObject([
      {
        name: expect.stringMatching(/^restarts-in-5-min-[0-9a-f]{10}\.png$/),
        title: 'Restarts in 5 min, 0 to 20 restarts, 12:00 UTC to 12:57 UTC',
        alt_txt: expect.stringContaining('0 at 12:00 UTC, 19 at 12:57 UTC; between 0 and 19.'),
      },
      { title: 'Ready pods, 0 to 20 pods, 12:00 UTC to 12:57 UTC: ready blue; wanted orange, dashed' },
    ]);
    expect(await chat.find(two, aMinuteAgo(), signal)).toEqual([message?.ts]);
    expect(await chat.update({ ...two, ts: message?.ts ?? '' }, signal)).toMatchObject({ kind: 'sent' });
    expect(slack.messages()).toHaveLength(1);
  });

  test('and the words alone are there, whole, where it takes no file', async () => {
    const { slack, chat } = await stage();
    slack.fail('files.getUploadURLExternal', { kind: 'error', error: 'missing_scope' });
    expect(await chat.post(post, signal)).toMatchObject({ kind: 'sent' });
    const [message] = slack.messages();
    expect(kindsOf(message?.blocks)).toEqual(['section', 'section']);
    expect(JSON.stringify(message?.blocks)).toContain('0 at 12:00 UTC');
  });

  test('it is looked for where the answer to its sharing is lost', async () => {
    const { slack, chat } = await stage();
    slack.fail('files.completeUploadExternal', { kind: 'status', status: 503, accept: true });
    expect(await chat.post(post, signal)).toMatchObject({ kind: 'unknown' });
    expect(await chat.find(post, aMinuteAgo(), signal)).toEqual(sharedIn(slack).map(({ ts }) => ts));
    expect(sharedIn(slack)).toHaveLength(1);
  });

  test('it waits where Slack asks to', async () => {
    const { slack, chat } = await stage();
    slack.fail('files.getUploadURLExternal', { kind: 'rate_limited', retryAfter: 7 });
    expect(await chat.post(post, signal)).toMatchObject({ kind: 'later', afterSeconds: 7 });
    expect(slack.messages()).toEqual([]);
  });
});
