import { createHmac } from 'node:crypto';
import { request as ask } from 'node:http';
import { expect, it } from 'vitest';
import { startSlack } from '../../../src/adapters/slack/app.ts';
import { bench, double, scripted, settingsFor } from './harness.ts';

/*
 * Whatever is not signed with the secret over exactly these bytes, at about this time, does nothing. Each request goes as raw
 * headers, so that some may come twice.
 */

interface Raw {
  readonly name: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const body = 'command=%2Fremediate&text=rollout+restart&user_id=U0ALICE&team_id=T0HOME&trigger_id=1.2';
const form = 'application/x-www-form-urlencoded';

const signatureOf = (secret: string, stamp: string, text: string): string =>
  createHmac('sha256', secret).update(`v0:${stamp}:${text}`).digest('hex');

function signed(name: string, { stamp, signature }: { stamp: string; signature: string }, text = body): Raw {
  const headers = [
    ['content-type', form],
    ['x-slack-request-timestamp', stamp],
    ['x-slack-signature', signature],
  ] as const;
  return { name, headers, body: text };
}

/** Another character of the same kind in this place. */
const flipped = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`;

function forgeries(secret: string, now: number): readonly Raw[] {
  const stamp = String(now);
  const good = { stamp, signature: `v0=${signatureOf(secret, stamp, body)}` };
  const at = (name: string, other: string) =>
    signed(name, { stamp: other, signature: `v0=${signatureOf(secret, other, body)}` });
  const withSignature = (name: string, signature: string) => signed(name, { stamp, signature });
  const hex = signatureOf(secret, stamp, body);
  const without = (header: string) => ({
    ...signed(`without ${header}`, good),
    headers: signed('', good).headers.filter(([name]) => name !== header),
  });
  const twice = (header: string, value: string, isFirst: boolean): Raw => {
    const { headers } = signed('', good);
    const more = [header, value] as const;
    return {
      name: `${header} twice, ${isFirst ? 'the false one first' : 'the false one last'}`,
      headers: isFirst ? [more, ...headers] : [...headers, more],
      body,
    };
  };
  return [
    ...Array.from(body, (_, place) => signed(`body, byte ${place}`, good, flipped(body, place))),
    ...Array.from(body, (_, place) => signed(`body cut at ${place}`, good, body.slice(0, place))),
    ...Array.from(hex, (_, place) => withSignature(`signature, digit ${place}`, `v0=${flipped(hex, place)}`)),
    ...Array.from(hex, (_, place) => withSignature(`signature cut at ${place}`, `v0=${hex.slice(0, place)}`)),
    ...Array.from(stamp, (digit, place) =>
      signed(`timestamp, digit ${place}`, {
        ...good,
        stamp: `${stamp.slice(0, place)}${(Number(digit) + 1) % 10}${stamp.slice(place + 1)}`,
      }),
    ),
    ...['v1=', 'v0', 'V0=', 'v0 =', '', 'v0==', 'sha256='].map((version) =>
      withSignature(`version "${version}"`, `${version}${hex}`),
    ),
    ...['v0=', 'v0', '=', 'null', 'undefined', 'v0=NaN', `v0=${hex}0`, `v0=${hex},v0=${hex}`].map((each) =>
      withSignature(`signature "${each}"`, each),
    ),
    withSignature('of the secret of another app', `v0=${signatureOf('another', stamp, body)}`),
    withSignature('of no secret', `v0=${signatureOf('', stamp, body)}`),
    withSignature('of another text', `v0=${signatureOf(secret, stamp, '')}`),
    ...[-302, -3_600, -86_400, 400, 3_600, 315_360_000].map((skew) =>
      at(`${skew} s off`, String(now + skew)),
    ),
    ...['NaN', 'Infinity', '', '0', '-1', '1e10', `${stamp}.5`, `0x${now.toString(16)}`, `${stamp}000`].map(
      (each) => at(`timestamp "${each}"`, each),
    ),
    without('x-slack-signature'),
    without('x-slack-request-timestamp'),
    ...[true, false].flatMap((isFirst) => [
      twice('x-slack-signature', `v0=${'0'.repeat(64)}`, isFirst),
      twice('x-slack-request-timestamp', String(now - 1), isFirst),
    ]),
    ...['&ssl_check=1', '&text=delete', '%00', ' ', '\n', '&'].map((more) =>
      signed(`with "${more}" behind it`, good, `${body}${more}`),
    ),
    {
      ...signed('smuggled behind an ssl_check', good, `ssl_check=1&${body}`),
      headers: [['content-type', form]],
    },
  ];
}

/** A HTTP request as it is, with headers as often as they are named; 0 where the connection ends instead. */
function send(port: number, { headers, body: text }: Raw): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const flat = [...headers, ['content-length', String(Buffer.byteLength(text))] as const].flat();
  const outgoing = ask(
    { port, host: '127.0.0.1', path: '/slack/events', method: 'POST', headers: ['host', 'here', ...flat] },
    (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    },
  );
  outgoing.on('error', () => resolve(0));
  outgoing.end(text);
  return promise;
}

it('takes nothing that is signed otherwise, in more than 300 ways', async () => {
  const { slack, bot, commands } = await bench('http');
  const { signingSecret } = slack.workspace;
  const all = forgeries(signingSecret, Math.floor(Date.now() / 1000));
  expect(all.length).toBeGreaterThan(300);
  const taken: string[] = [];
  for (const each of all) {
    const status = await send(bot.port, each);
    const isHarmless = each.name.includes('ssl_check') && status === 200;
    if ((status >= 200 && status < 300 && !isHarmless) || status >= 500)
      taken.push(`${each.name}: ${status}`);
    if (commands.asked.splice(0).length > 0) taken.push(`${each.name}: carried out`);
  }
  expect(taken).toEqual([]);
  // And what is signed as it should be is taken, at both ends of the five minutes.
  for (const skew of [0, -290, 290]) {
    const stamp = String(Math.floor(Date.now() / 1000) + skew);
    const good = { stamp, signature: `v0=${signatureOf(signingSecret, stamp, body)}` };
    expect(await send(bot.port, signed('good', good))).toBe(200);
  }
  expect(commands.asked).toHaveLength(3);
});

it('takes either of two secrets while one takes the place of the other, and nothing else', async () => {
  const slack = await double();
  const commands = scripted();
  const { signingSecret: secret } = slack.workspace;
  const settings = settingsFor(slack, 'http', commands);
  const former = 'the-secret-before';
  const bot = await startSlack({
    ...settings,
    mode: { kind: 'http', signingSecret: secret, formerSecret: former },
  });
  try {
    const now = Math.floor(Date.now() / 1000);
    const stamp = String(now);
    const by = (name: string) => signed(name, { stamp, signature: `v0=${signatureOf(name, stamp, body)}` });
    expect(await send(bot.port, by(secret))).toBe(200);
    expect(await send(bot.port, by(former))).toBe(200);
    expect(commands.asked.splice(0)).toHaveLength(2);
    const foreign = body.replace('restart', 'restart für');
    const signature = `v0=${signatureOf(former, stamp, foreign)}`;
    expect(await send(bot.port, signed('letters of every kind', { stamp, signature }, foreign))).toBe(200);
    expect(commands.asked.splice(0)).toHaveLength(1);
    const wrong = [by('of neither'), by(`${secret} ${former}`), by(''), by(`${former}${secret}`)];
    const oldStamp = String(now - 400);
    const late = signed('late', { stamp: oldStamp, signature: `v0=${signatureOf(former, oldStamp, body)}` });
    for (const each of [...wrong, late, ...forgeries(former, now)]) {
      const status = await send(bot.port, each);
      const isHarmless = each.name.includes('ssl_check') && status === 200;
      if (!isHarmless)
        expect([each.name, status]).toEqual([each.name, expect.toSatisfy((n) => n >= 400 && n < 500)]);
    }
    expect(commands.asked).toEqual([]);
  } finally {
    await bot.stop(0);
  }
});
