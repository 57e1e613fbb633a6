import { WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { chartBlock } from '../../../src/adapters/slack/cards/chart.ts';
import { createChat } from '../../../src/adapters/slack/chat.ts';
import { clientOptions } from '../../../src/adapters/slack/clients.ts';
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
const content: Content = {
  kind: 'reply',
  notice: {
    kind: 'reply',
    headline: 'The hour before',
    body: 'Restarts in 5 min (restarts): 0 at 12:00 UTC.',
    broadcast: false,
    charts: [chart],
  },
};
const post = { key: 'measured:1', channel: 'C0OPS', content };
const signal = new AbortController().signal;

async function chatOf(codeStyle: 'fenced' | 'spans') {
  const slack = await double();
  const { botToken, teamId, botUserId, botId } = slack.workspace;
  const server = { apiUrl: slack.apiUrl, logger: slackLogger(silentLog) };
  const client = new WebClient(botToken, clientOptions(server, 10_000, 0));
  const self = { teamId, userId: botUserId, botId, url: undefined, lacks: [] };
  return { slack, chat: createChat(client, self, silentLog, { codeStyle, fetch }) };
}
const kindsOf = (blocks: readonly object[] = []) => blocks.map((block) => Reflect.get(block, 'type'));

test('a chart is one of Slack’s own, within its limits', () => {
  expect(faultsOf([chartBlock(chart)])).toEqual([]);
  expect(faultsOf([chartBlock(chart), chartBlock(chart), chartBlock(chart)])).not.toEqual([]);
  const { series, ...rest } = chart;
  expect(faultsOf([chartBlock({ ...rest, series: [...series, ...series] })])).not.toEqual([]);
});

test('it stands below what is said of it in words', async () => {
  const { slack, chat } = await chatOf('fenced');
  expect(await chat.post(post, signal)).toMatchObject({ kind: 'sent' });
  expect(kindsOf(slack.messages()[0]?.blocks)).toEqual(['section', 'section', 'data_visualization']);
});

test('where Slack does not take it the words are there, whole', async () => {
  const { slack, chat } = await chatOf('fenced');
  slack.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' });
  expect(await chat.post(post, signal)).toMatchObject({ kind: 'sent' });
  const [message] = slack.messages();
  expect(kindsOf(message?.blocks)).toEqual(['section', 'section']);
  expect(JSON.stringify(message?.blocks)).toContain('0 at 12:00 UTC');
});

test('another server than Slack is not sent what it cannot show', async () => {
  const { slack, chat } = await chatOf('spans');
  await chat.post(post, signal);
  expect(kindsOf(slack.messages()[0]?.blocks)).toEqual(['section', 'section']);
});
