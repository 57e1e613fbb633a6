import { describe, expect, test } from 'vitest';
import { startSlack } from '../../../src/adapters/slack/app.ts';
import type { Post } from '../../../src/workflow/ports.ts';
import { bench, double, scripted, settingsFor } from './harness.ts';

const signal = new AbortController().signal;
const channel = 'C0OPS';
const markdown = `# Incident 7: Deployment/web in shop\n\n${'A line of it.\n'.repeat(1500)}`;
const content = {
  kind: 'report',
  title: 'Report of incident 7',
  name: 'incident-7',
  markdown,
  command: 'firebreak incident 7',
} as const;
const aMinuteAgo = () => new Date(Date.now() - 60_000).toISOString();

/** A thread, and the report for it. */
async function stage() {
  const { slack, bot } = await bench('http');
  const root = await bot.chat.post(
    {
      key: 'root',
      channel,
      content: { kind: 'reply', notice: { kind: 'reply', headline: 'Alert', broadcast: false } },
    },
    signal,
  );
  if (root.kind !== 'sent') throw new Error('there is no thread');
  const post: Post = { key: 'report:1:2', channel, threadTs: root.ts, content };
  const shared = () => slack.messages(channel).filter(({ files }) => files !== undefined);
  return { slack, bot, post, shared };
}

describe('the report of an incident', () => {
  test('is a Markdown file in its thread, and its place is known', async () => {
    const { slack, bot, post, shared } = await stage();
    const sent = await bot.chat.post(post, signal);
    const [message, ...others] = shared();
    expect(others).toEqual([]);
    expect(sent).toEqual({ kind: 'sent', channel, ts: message?.ts });
    expect(message).toMatchObject({ thread_ts: post.threadTs, text: 'Report of incident 7' });
    expect(message?.files).toMatchObject([
      {
        name: expect.stringMatching(/^incident-7-[0-9a-f]{10}\.md$/),
        title: 'Report of incident 7',
        text: markdown,
      },
    ]);
    expect(await bot.chat.find(post, aMinuteAgo(), signal)).toEqual([message?.ts]);
    expect(await bot.chat.find({ ...post, key: 'report:1:3' }, aMinuteAgo(), signal)).toEqual([]);
    expect(await bot.chat.update({ ...post, ts: message?.ts ?? '' }, signal)).toMatchObject({ kind: 'sent' });
    expect(slack.messages(channel)).toHaveLength(2);
  });

  test.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])(
    'is to be looked for where the answer to %s is lost',
    async (method) => {
      const { slack, bot, post, shared } = await stage();
      slack.fail(method, { kind: 'status', status: 503, accept: true });
      expect(await bot.chat.post(post, signal)).toMatchObject({ kind: 'unknown' });
      const there = await bot.chat.find(post, aMinuteAgo(), signal);
      expect(there).toEqual(shared().map(({ ts }) => ts));
      expect(there).toHaveLength(method.startsWith('files.complete') ? 1 : 0);
    },
  );

  test('waits where Slack asks to', async () => {
    const { slack, bot, post, shared } = await stage();
    slack.fail('files.getUploadURLExternal', { kind: 'rate_limited', retryAfter: 7 });
    expect(await bot.chat.post(post, signal)).toMatchObject({ kind: 'later', afterSeconds: 7 });
    expect(shared()).toEqual([]);
  });

  test.each(['missing_scope', 'file_uploads_disabled', 'unknown_method', 'a_word_of_next_year'])(
    'is said in words where files are not taken: %s',
    async (error) => {
      const { slack, bot, post, shared } = await stage();
      slack.fail('files.getUploadURLExternal', { kind: 'error', error });
      const sent = await bot.chat.post(post, signal);
      const said = slack.messages(channel).at(-1);
      expect(sent).toEqual({ kind: 'sent', channel, ts: said?.ts });
      expect(shared()).toEqual([]);
      expect(said?.thread_ts).toBe(post.threadTs);
      expect(JSON.stringify(said?.blocks)).toContain('Incident 7: Deployment/web in shop');
      expect(JSON.stringify(said?.blocks)).toMatch(/\d+ more lines: firebreak incident 7 prints all of it\./);
      expect(await bot.chat.find(post, aMinuteAgo(), signal)).toEqual([said?.ts]);
    },
  );

  test('is kept where the channel takes nothing', async () => {
    const { slack, bot, post } = await stage();
    slack.fail('files.completeUploadExternal', { kind: 'error', error: 'not_in_channel' });
    expect(await bot.chat.post(post, signal)).toMatchObject({ kind: 'withheld', where: 'channel' });
  });
});

test('an app that was installed before there were files starts, and says what it lacks', async () => {
  const slack = await double();
  slack.workspace.scopes = slack.workspace.scopes.filter((scope) => scope !== 'files:write');
  const said: string[] = [];
  const note = (_fields: object, sentence: string) => void said.push(sentence);
  const log = { debug: note, info: note, warn: note, error: note };
  const bot = await startSlack({ ...settingsFor(slack, 'socket', scripted()), log });
  await bot.stop(1);
  expect(said).toContainEqual(expect.stringContaining('reports of incidents are said in words'));
});
