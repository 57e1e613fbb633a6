import { describe, expect, it } from 'vitest';
import type { Chat, Content, Post } from '../../../src/workflow/ports.ts';
import type { DoubleFault } from './double/faults.ts';
import { bench } from './harness.ts';
import { cardOf, remediationIn, vote } from './remediations.ts';

const signal = new AbortController().signal;
const key = 'card:4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002';
const channel = 'C0OPS';

const post = (content: Content = cardOf(remediationIn('waiting'))): Post => ({ key, channel, content });
const reply = (preformatted: string): Content => ({
  kind: 'reply',
  notice: { kind: 'reply', headline: 'Failed', preformatted, broadcast: true },
});
const aMinuteAgo = () => new Date(Date.now() - 60_000).toISOString();

type Said = [string, DoubleFault, number, object];
const curable = (error: string, where: string): Said => [
  error,
  { kind: 'error', error },
  0,
  { kind: 'withheld', where },
];
const curableStatus = (status: number): Said => [
  `HTTP ${status}`,
  { kind: 'status', status, accept: false },
  0,
  { kind: 'withheld', where: 'app' },
];

describe('posting', () => {
  it('posts the card with its key in the metadata and in the block ids, and nothing to unfold or to link', async () => {
    const { slack, bot } = await bench('http');
    const outcome = await bot.chat.post(post(), signal);
    const [message] = slack.messages(channel);
    expect(outcome).toEqual({ kind: 'sent', channel, ts: message?.ts });
    expect(message?.metadata).toEqual({ event_type: 'firebreak', event_payload: { key, revision: 3 } });
    expect(message?.blocks.every((block) => String(block['block_id']).startsWith(`${key}|3|`))).toBe(true);
    const call = slack.workspace.calls.findLast((each) => each.method === 'chat.postMessage');
    expect(call?.params).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
      parse: 'none',
      link_names: 'false',
    });
  });

  it.each<Said>([
    ['a rate limit', { kind: 'rate_limited', retryAfter: 7 }, 0, { kind: 'later', afterSeconds: 7 }],
    ['a 503 that took it', { kind: 'status', status: 503, accept: true }, 1, { kind: 'unknown' }],
    ['a 500 that did not take it', { kind: 'status', status: 500, accept: false }, 0, { kind: 'unknown' }],
    ['a connection cut after it was taken', { kind: 'reset', accept: true }, 1, { kind: 'unknown' }],
    ['internal_error', { kind: 'error', error: 'internal_error' }, 0, { kind: 'unknown' }],
    ['ratelimited in a 200', { kind: 'error', error: 'ratelimited' }, 0, { kind: 'later' }],
    [
      'a channel that is gone',
      { kind: 'error', error: 'channel_not_found' },
      0,
      { kind: 'withheld', where: 'channel', reason: 'Slack refused it: channel_not_found.' },
    ],
    ...['not_in_channel', 'is_archived', 'restricted_action'].map((error) => curable(error, 'channel')),
    ...['token_revoked', 'invalid_auth', 'account_inactive', 'not_authed'].map((error) =>
      curable(error, 'app'),
    ),
    ...[401, 403, 404].map((status) => curableStatus(status)),
    ['HTTP 408', { kind: 'status', status: 408, accept: false }, 0, { kind: 'unknown' }],
    curable('an_error_of_next_year', 'message'),
    ['no text', { kind: 'error', error: 'no_text' }, 0, { kind: 'refused' }],
  ])('calls Slack once, and says what came of it, for %s', async (_name, fault, there, outcome) => {
    const { slack, bot } = await bench('http');
    slack.fail('chat.postMessage', fault);
    expect(await bot.chat.post(post(), signal)).toMatchObject(outcome);
    expect(slack.messages(channel)).toHaveLength(there);
    expect(slack.workspace.calls.filter((each) => each.method === 'chat.postMessage')).toHaveLength(1);
  });

  it('names the scope that is missing', async () => {
    const { slack, bot } = await bench('http');
    slack.workspace.scopes = ['commands'];
    expect(await bot.chat.post(post(), signal)).toEqual({
      kind: 'withheld',
      where: 'app',
      reason: 'Slack refused it: missing_scope (the app lacks the scope chat:write).',
    });
  });

  it.each(['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long'])(
    'sends the short card at once when Slack says %s',
    async (error) => {
      const { slack, bot } = await bench('http');
      slack.fail('chat.postMessage', { kind: 'error', error });
      expect(await bot.chat.post(post(), signal)).toMatchObject({ kind: 'sent' });
      expect(slack.messages(channel)[0]?.blocks.map((block) => block['type'])).toEqual([
        'header',
        'section',
        'actions',
      ]);
    },
  );

  it('gives up when Slack refuses even the short card', async () => {
    const { slack, bot } = await bench('http');
    slack.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' }, 2);
    expect(await bot.chat.post(post(), signal)).toEqual({
      kind: 'refused',
      reason: 'Slack refused it: invalid_blocks.',
    });
  });

  it('answers at once when it is stopped while Slack hangs', async () => {
    const { slack, bot } = await bench('http');
    slack.fail('chat.postMessage', { kind: 'hang', accept: true });
    const stop = new AbortController();
    const outcome = bot.chat.post(post(), stop.signal);
    await slack.until(() => slack.messages(channel).at(0));
    stop.abort();
    expect(await outcome).toMatchObject({ kind: 'unknown' });
  });

  it('puts a reply into the thread, and into the channel when it is broadcast', async () => {
    const { slack, bot } = await bench('http');
    const card = await sentTs(bot.chat, post());
    await bot.chat.post(
      { key: 'reply:1', channel, threadTs: card, content: reply('panic: <!channel>') },
      signal,
    );
    expect(slack.messages(channel).at(-1)).toMatchObject({ thread_ts: card, reply_broadcast: true });
  });
});

describe('updating', () => {
  it('brings the same message up to date: text, blocks, block ids', async () => {
    const { slack, bot } = await bench('http');
    const ts = await sentTs(bot.chat, post());
    const done = post(cardOf(remediationIn('succeeded', { version: 9 }), [vote('U0BOB')]));
    expect(await bot.chat.update({ ...done, ts }, signal)).toEqual({ kind: 'sent', channel, ts });
    const [message, ...others] = slack.messages(channel);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ updates: 1, text: expect.stringMatching(/^Verified: restart/) });
    expect(message?.metadata?.event_payload['revision']).toBe(9);
  });

  it.each<[string, DoubleFault, object]>([
    ['a rate limit', { kind: 'rate_limited', retryAfter: 3 }, { kind: 'later', afterSeconds: 3 }],
    ['a 503', { kind: 'status', status: 503, accept: true }, { kind: 'unknown' }],
    ['a cut connection', { kind: 'reset', accept: false }, { kind: 'unknown' }],
    ['a message that is gone', { kind: 'error', error: 'message_not_found' }, { kind: 'gone' }],
    ['a message of another app', { kind: 'error', error: 'cant_update_message' }, { kind: 'gone' }],
    ['a channel it may not write to', { kind: 'error', error: 'not_in_channel' }, { kind: 'withheld' }],
  ])('says what came of it for %s', async (_name, fault, outcome) => {
    const { slack, bot } = await bench('http');
    const ts = await sentTs(bot.chat, post());
    slack.fail('chat.update', fault);
    expect(await bot.chat.update({ ...post(), ts }, signal)).toMatchObject(outcome);
  });
});

describe('finding', () => {
  it('finds a card whose answer was lost, so that no second one is posted', async () => {
    const { slack, bot } = await bench('http');
    slack.fail('chat.postMessage', { kind: 'status', status: 503, accept: true });
    const since = aMinuteAgo();
    expect(await bot.chat.post(post(), signal)).toMatchObject({ kind: 'unknown' });
    const [message] = slack.messages(channel);
    expect(await bot.chat.find(post(), since, signal)).toEqual([message?.ts]);
  });

  it('finds every copy, the oldest first, and deletes the one it is told to', async () => {
    const { slack, bot } = await bench('http');
    const kept = await sentTs(bot.chat, post());
    const ts = await sentTs(bot.chat, post());
    expect(await bot.chat.find(post(), aMinuteAgo(), signal)).toEqual([kept, ts]);
    slack.fail('chat.delete', { kind: 'rate_limited', retryAfter: 3 });
    expect(await bot.chat.remove({ channel, ts }, signal)).toMatchObject({ kind: 'later', afterSeconds: 3 });
    expect(await bot.chat.remove({ channel, ts }, signal)).toEqual({ kind: 'removed' });
    expect(await bot.chat.remove({ channel, ts }, signal)).toEqual({ kind: 'removed' });
    expect(slack.messages(channel).map((message) => message.ts)).toEqual([kept]);
  });

  it('finds a reply in its thread', async () => {
    const { bot } = await bench('http');
    const threadTs = await sentTs(bot.chat, post());
    const note: Post = { key: 'reply:1', channel, threadTs, content: reply('x') };
    const ts = await sentTs(bot.chat, note);
    expect(await bot.chat.find(note, aMinuteAgo(), signal)).toEqual([ts]);
    expect(await bot.chat.find({ ...note, key: 'reply:2' }, aMinuteAgo(), signal)).toEqual([]);
  });

  it('looks through every page, back to when it was first tried', async () => {
    const { bot } = await bench('http');
    const ts = await sentTs(bot.chat, post());
    for (let other = 0; other < 205; other += 1)
      await bot.chat.post({ ...post(reply('x')), key: `other:${other}` }, signal);
    expect(await bot.chat.find(post(), aMinuteAgo(), signal)).toEqual([ts]);
    expect(await bot.chat.find(post(), new Date(Date.now() + 120_000).toISOString(), signal)).toEqual([]);
  });

  it('finds it by its block ids where a server drops metadata', async () => {
    const { slack, bot } = await bench('http');
    const ts = await sentTs(bot.chat, post());
    const { messages } = slack.workspace;
    const stripped = messages.map(({ metadata: _metadata, ...rest }) => rest);
    messages.splice(0, messages.length, ...stripped);
    expect(await bot.chat.find(post(), aMinuteAgo(), signal)).toEqual([ts]);
  });

  it("does not take another app's message for ours", async () => {
    const { slack, bot } = await bench('http');
    await sentTs(bot.chat, post());
    const { messages } = slack.workspace;
    messages.splice(
      0,
      messages.length,
      ...messages.map((each) => ({ ...each, user: 'U0OTHER', bot_id: 'B0OTHER' })),
    );
    expect(await bot.chat.find(post(), aMinuteAgo(), signal)).toEqual([]);
  });

  it.each<[string, DoubleFault, object]>([
    ['Slack does not answer', { kind: 'status', status: 503, accept: false }, { kind: 'unknown' }],
    ['it may not read', { kind: 'error', error: 'missing_scope' }, { kind: 'unknown' }],
    ['Slack asks to wait', { kind: 'rate_limited', retryAfter: 7 }, { kind: 'later', afterSeconds: 7 }],
    [
      'the channel is closed',
      { kind: 'error', error: 'is_archived' },
      { kind: 'withheld', where: 'channel' },
    ],
    ['it was put out', { kind: 'error', error: 'not_in_channel' }, { kind: 'withheld', where: 'channel' }],
  ])('says why it does not know, where %s: "not there" would mean a second post', async (_, fault, said) => {
    const { slack, bot } = await bench('http');
    slack.fail('conversations.history', fault);
    expect(await bot.chat.find(post(), aMinuteAgo(), signal)).toMatchObject(said);
  });

  it('finds nothing in a thread that is not there', async () => {
    const { slack, bot } = await bench('http');
    slack.fail('conversations.replies', { kind: 'error', error: 'thread_not_found' });
    expect(await bot.chat.find({ ...post(), threadTs: '1.1' }, aMinuteAgo(), signal)).toEqual([]);
  });
});

async function sentTs(chat: Chat, what: Post): Promise<string> {
  const outcome = await chat.post(what, signal);
  if (outcome.kind !== 'sent') throw new Error(outcome.reason);
  return outcome.ts;
}
