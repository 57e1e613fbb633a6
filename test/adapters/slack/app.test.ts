import { describe, expect, it } from 'vitest';
import { actionIds } from '../../../src/adapters/slack/cards/buttons.ts';
import { sign } from './double/delivery.ts';
import { bench, scripted } from './harness.ts';
import { allText } from './hostile.ts';
import { cardOf, digest, remediationIn } from './remediations.ts';

const signal = new AbortController().signal;
const waiting = remediationIn('waiting');

/** The card of a waiting remediation, posted to the double's channel. */
async function posted({ slack, bot }: Awaited<ReturnType<typeof bench>>) {
  await bot.chat.post({ key: `card:${waiting.id}`, channel: 'C0OPS', content: cardOf(waiting) }, signal);
  const [message] = slack.messages('C0OPS');
  if (message === undefined) throw new Error('no card was posted');
  return message;
}

describe.each(['socket', 'http'] as const)('over %s', (kind) => {
  it('answers a slash command in the ack, to its author, with what was typed', async () => {
    const { slack, commands } = await bench(kind);
    const delivery = await slack.slash('U0ALICE', 'rollout restart deploy/web -- R&D <asks>');
    expect(delivery.kind).toBe('acked');
    expect(commands.asked).toMatchObject([
      {
        text: 'rollout restart deploy/web -- R&D <asks>',
        actor: { userId: 'U0ALICE', teamId: 'T0HOME' },
        channel: 'C0OPS',
      },
    ]);
    expect(slack.ephemerals('U0ALICE').map((each) => each.via)).toEqual(['ack']);
    expect(allText(slack.ephemerals('U0ALICE'))).toContain(
      'Remediation 1. Understood as: kubectl rollout restart deploy/web',
    );
    expect(slack.messages()).toEqual([]);
  });

  it('gives a click to the workflow with the ids of the card and the person, and answers the clicker alone', async () => {
    const running = await bench(kind);
    const { slack, commands } = running;
    const delivery = await slack.click({
      user: 'U0BOB',
      message: await posted(running),
      actionId: actionIds.approve,
    });
    expect(delivery.kind).toBe('acked');
    expect(commands.votes).toEqual([
      {
        remediationId: waiting.id,
        digest,
        actor: { userId: 'U0BOB', teamId: 'T0HOME' },
        decision: 'approve',
      },
    ]);
    const answer = await slack.until(() => slack.ephemerals('U0BOB').at(0));
    expect(answer).toMatchObject({ via: 'response_url', text: 'approve by U0BOB counts.' });
  });

  it('refuses the click of a person from another workspace without asking the workflow', async () => {
    const running = await bench(kind);
    const { slack, commands } = running;
    await slack.click({
      user: 'U0FOREIGN',
      userTeam: 'T0OTHER',
      message: await posted(running),
      actionId: actionIds.approve,
    });
    const answer = await slack.until(() => slack.ephemerals('U0FOREIGN').at(0));
    expect(answer.text).toBe('Firebreak answers only to members of the workspace it is installed in.');
    expect(commands.votes).toEqual([]);
  });

  it('refuses a command from another workspace without asking the workflow', async () => {
    const { slack, commands } = await bench(kind);
    await slack.slash('U0FOREIGN', 'rollout restart deploy/web', { team: 'T0OTHER' });
    expect(slack.ephemerals('U0FOREIGN').at(0)?.text).toContain('only to members');
    expect(commands.asked).toEqual([]);
  });

  it.each([
    '',
    'x',
    `${waiting.id}:`,
    `${waiting.id}:${digest}:more`,
    `${waiting.id}:${digest.slice(1)}`,
    `${waiting.id} ${digest}`,
  ])('does not take the button value "%s"', async (value) => {
    const running = await bench(kind);
    const { slack, commands } = running;
    await slack.click({ user: 'U0BOB', message: await posted(running), actionId: actionIds.approve, value });
    expect((await slack.until(() => slack.ephemerals('U0BOB').at(0))).text).toContain('not one of a card');
    expect(commands.votes).toEqual([]);
  });

  it('opens the details as a dialog', async () => {
    const running = await bench(kind);
    const { slack } = running;
    await slack.click({ user: 'U0BOB', message: await posted(running), actionId: actionIds.details });
    const opened = await slack.until(() => slack.workspace.views.at(0));
    expect(opened).toMatchObject({ user: 'U0BOB', view: { title: { text: 'Remediation 42' } } });
  });

  it('acknowledges a button it does not know', async () => {
    const running = await bench(kind);
    const delivery = await running.slack.click({
      user: 'U0BOB',
      message: await posted(running),
      actionId: 'old:action',
      value: 'x',
    });
    expect(delivery.kind).toBe('acked');
  });

  it('says so when the workflow fails, and keeps running', async () => {
    const { slack } = await bench(
      kind,
      scripted({ remediate: () => Promise.reject(new Error('database away')) }),
    );
    expect((await slack.slash('U0ALICE', 'x')).kind).toBe('acked');
    expect(slack.ephemerals('U0ALICE').at(0)?.text).toContain('was not recorded');
    expect((await slack.slash('U0ALICE', 'x')).kind).toBe('acked');
  });

  it('acknowledges in time and answers later when the workflow is slow', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { slack } = await bench(
      kind,
      scripted({
        remediate: async () => {
          await promise;
          return { kind: 'text', title: 'Late but here', lines: [] };
        },
      }),
    );
    expect((await slack.slash('U0ALICE', 'x')).kind).toBe('acked');
    expect(slack.ephemerals()).toMatchObject([
      {
        via: 'ack',
        text: expect.stringContaining('Nothing is recorded yet: if no answer follows, ask again.'),
      },
    ]);
    resolve();
    expect(await slack.until(() => slack.ephemerals('U0ALICE').at(1))).toMatchObject({
      via: 'response_url',
      text: 'Late but here',
    });
  });

  it.each([
    ['approve', actionIds.approve],
    ['reject', actionIds.reject],
  ])(
    'says that nothing is recorded yet when %s takes long, and then what came of it',
    async (_name, actionId) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const slow = scripted({
        vote: async () => {
          await promise;
          return { kind: 'recorded', sentence: 'It counts.' };
        },
      });
      const running = await bench(kind, slow);
      const { slack } = running;
      expect((await slack.click({ user: 'U0BOB', message: await posted(running), actionId })).kind).toBe(
        'acked',
      );
      const first = await slack.until(() => slack.ephemerals('U0BOB').at(0));
      expect(first.text).toContain('Nothing is recorded yet: if no answer follows, click again.');
      resolve();
      expect(await slack.until(() => slack.ephemerals('U0BOB').at(1))).toMatchObject({ text: 'It counts.' });
    },
  );

  it.each([
    'http://127.0.0.1:9/gone',
    'https://slack.com.evil.example/response',
    'http://hooks.slack.com/plain',
  ])('never answers to the response URL %s, and posts the answer instead', async (responseUrl) => {
    const running = await bench(kind);
    const { slack } = running;
    await slack.click({
      user: 'U0BOB',
      message: await posted(running),
      actionId: actionIds.reject,
      responseUrl,
    });
    const answer = await slack.until(() => slack.ephemerals('U0BOB').at(0));
    expect(answer).toMatchObject({ via: 'postEphemeral', text: 'reject by U0BOB counts.' });
  });

  it('lets a running answer end before it stops, and takes nothing afterwards', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { slack, bot } = await bench(
      kind,
      scripted({
        remediate: async () => {
          started.resolve();
          await promise;
          return { kind: 'text', title: 'Done', lines: [] };
        },
      }),
    );
    const answer = slack.slash('U0ALICE', 'x');
    await started.promise;
    const stopped = bot.stop(5);
    resolve();
    expect((await answer).kind).toBe('acked');
    await stopped;
    expect(bot.connected()).toBe(false);
    await slack.until(() => (slack.sockets() === 0 ? true : undefined));
    expect((await slack.slash('U0ALICE', 'x')).kind).toBe('unreachable');
  });

  it('serves the given routes beside Slack, and survives one that throws', async () => {
    const { bot } = await bench(kind, scripted(), {
      routes: [
        {
          path: '/healthz',
          method: 'GET',
          handler: (_request, response) => void response.writeHead(200).end('ok'),
        },
        { path: '/bad', method: 'POST', handler: () => Promise.reject(new Error('no')) },
      ],
    });
    const at = (path: string, init?: RequestInit) =>
      fetch(`http://127.0.0.1:${bot.port}${path}`, init).then((answer) => answer.status);
    expect(await at('/healthz')).toBe(200);
    expect(await at('/healthz?x=1', { method: 'HEAD' })).toBe(200);
    expect(await at('/bad', { method: 'POST' })).toBe(500);
    expect(await at('/bad')).toBe(405);
    expect(await at('/nowhere')).toBe(404);
    expect(bot.connected()).toBe(true);
  });
});

describe('over signed HTTP', () => {
  it('gives a replayed request the same answer: the same key, nothing new', async () => {
    const { slack, commands } = await bench('http');
    await slack.slash('U0ALICE', 'rollout restart deploy/web');
    const bytes = slack.lastSigned();
    if (bytes === undefined) throw new Error('nothing was signed');
    const again = await Promise.all([slack.resend(bytes), slack.resend(bytes)]);
    expect(again.map((each) => JSON.stringify(each))).toEqual([
      JSON.stringify(again[0]),
      JSON.stringify(again[0]),
    ]);
    expect(JSON.stringify(again[0])).toContain('Remediation 1.');
    expect(new Set(commands.asked.map((each) => each.requestKey)).size).toBe(1);
  });

  it.each([
    ['an hour ahead', 3_600],
    ['ten years ahead', 315_360_000],
    ['six minutes ahead', 360],
    ['six minutes old', -360],
  ])('refuses a valid signature whose timestamp is %s', async (_name, skew) => {
    const { slack, bot, commands } = await bench('http');
    const url = `http://127.0.0.1:${bot.port}/slack/events`;
    const body = new URLSearchParams({
      command: '/remediate',
      text: 'x',
      user_id: 'U0ALICE',
      team_id: 'T0HOME',
    }).toString();
    const stamped = sign(slack.workspace.signingSecret, url, body, Math.floor(Date.now() / 1000) + skew);
    expect(await slack.resend(stamped)).toEqual({ kind: 'refused', status: 401 });
    expect(commands.asked).toEqual([]);
  });

  it.each([
    ['a wrong secret', { secret: 'other' }],
    ['a changed body', { suffix: '&text=y' }],
    ['no signature', { drop: 'x-slack-signature' }],
    ['no timestamp', { drop: 'x-slack-request-timestamp' }],
    ['a smuggled ssl_check', { suffix: '&ssl_check=1', drop: 'x-slack-signature' }],
  ])(
    'does nothing for a request with %s',
    async (_name, change: { secret?: string; suffix?: string; drop?: string }) => {
      const { slack, bot, commands } = await bench('http');
      const url = `http://127.0.0.1:${bot.port}/slack/events`;
      const good = sign(
        change.secret ?? slack.workspace.signingSecret,
        url,
        'command=%2Fremediate&text=x&user_id=U0ALICE&team_id=T0HOME',
      );
      const headers = Object.fromEntries(
        Object.entries(good.headers).filter(([name]) => name !== change.drop),
      );
      await slack.resend({ url, headers, body: good.body + (change.suffix ?? '') });
      expect(commands.asked).toEqual([]);
    },
  );

  it('takes a form whose content type names a charset', async () => {
    const { slack, commands } = await bench('http');
    await slack.slash('U0ALICE', 'first');
    const bytes = slack.lastSigned();
    if (bytes === undefined) throw new Error('nothing was signed');
    const delivery = await slack.resend({
      ...bytes,
      headers: { ...bytes.headers, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    expect(delivery.kind).toBe('acked');
    expect(commands.asked).toHaveLength(2);
  });

  it('refuses a body that is too large', async () => {
    const { slack, bot } = await bench('http');
    const url = `http://127.0.0.1:${bot.port}/slack/events`;
    expect(
      await slack.resend(sign(slack.workspace.signingSecret, url, `text=${'x'.repeat(1_000_001)}`)),
    ).toEqual({ kind: 'refused', status: 413 });
  });

  it('survives a payload made to break parsers', async () => {
    const { slack, bot } = await bench('http');
    const url = `http://127.0.0.1:${bot.port}/slack/events`;
    const payloads = ['{"__proto__":{"a":1}}', '[]', 'null', '{"type":"block_actions"}', '{', '"x"', '7'];
    const send = (payload: string) =>
      slack.resend(
        sign(slack.workspace.signingSecret, url, new URLSearchParams({ payload }).toString()),
        // Some of these are never answered.
        3_000,
      );
    const kinds = (await Promise.all(payloads.map(send))).map((delivery) => delivery.kind);
    expect(kinds).not.toContain('acked');
    expect((await slack.slash('U0ALICE', 'still there')).kind).toBe('acked');
  });
});
