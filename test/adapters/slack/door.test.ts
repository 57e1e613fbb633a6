import { createServer } from 'node:http';
import { type Logger, LogLevel } from '@slack/bolt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createSigned } from '../../../src/adapters/slack/signed.ts';

/* What the door of Slack's requests over HTTP answers before anybody has looked at a signature. */

const nothing = () => undefined;
const warned: unknown[] = [];
const logger: Logger = {
  ...{
    debug: nothing,
    info: nothing,
    warn: (...said: unknown[]) => void warned.push(...said),
    error: nothing,
  },
  ...{ setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR },
};
const door = createSigned(['the-signing-secret'], logger);
const server = createServer((request, response) => void door.listener(request, response));
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function post(body: string, headers: Record<string, string> = {}): Promise<number> {
  return (await answered(body, headers)).status;
}

async function answered(body: string, headers: Record<string, string> = {}): Promise<Response> {
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const stamp = String(Math.floor(Date.now() / 1000));
  const all = { 'x-slack-request-timestamp': stamp, 'content-type': 'application/json', ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  return fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', body, headers: sent });
}

test('it is shut until it is opened', async () => {
  expect(await post('{}')).toBe(503);
  door.open();
  expect(await post('{}')).not.toBe(503);
});

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const long = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`;

test.each<[string, string, Record<string, string>, number]>([
  ['a list', '[]', {}, 400],
  ['no object', '7', {}, 400],
  ['null', 'null', {}, 400],
  ['no JSON', '{', {}, 400],
  ['a form whose payload is a list', 'payload=%5B%5D', form, 400],
  [
    'a form with a charset whose payload is a list',
    'payload=%5B%5D',
    { 'content-type': `${form['content-type']}; charset=utf-8` },
    400,
  ],
  [
    'the same in capitals',
    'payload=%5B%5D',
    { 'content-type': `${form['content-type'].toUpperCase()}; CHARSET=UTF-8` },
    400,
  ],
  ['a form without a signature', 'command=%2Fremediate', form, 401],
  ['an object without a signature', '{}', {}, 401],
  ['as much as may be sent', long(1_000_000), {}, 401],
  ['more than may be sent', long(1_000_001), {}, 413],
  ['what is stamped long ago', '{}', { 'x-slack-request-timestamp': '1' }, 401],
  [
    'Slack’s own look at the certificate, which is not stamped',
    'ssl_check=1&token=x',
    { ...form, 'x-slack-request-timestamp': '' },
    200,
  ],
])('%s is answered with its status', async (_name, body, headers, status) => {
  door.open();
  expect(await post(body, headers)).toBe(status);
});

test.each([
  [0, false],
  [300, false],
  [-300, false],
  [301, true],
  [-301, true],
])('a stamp that is %i seconds off is out of time: %s', async (seconds, isOut) => {
  door.open();
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  warned.length = 0;
  const stamp = String(1_800_000_000 + seconds);
  expect(await post('{}', { 'x-slack-request-timestamp': stamp })).toBe(401);
  vi.useRealTimers();
  const why = 'Refused a request to /slack/events: its timestamp is more than five minutes off';
  expect(warned.includes(why)).toBe(isOut);
});

test.each<[string, Record<string, string>, string]>([
  ['7', {}, 'its body is not a payload'],
  [long(1_000_001), {}, 'its body is larger than 1000000 bytes'],
  ['{}', { 'x-slack-request-timestamp': '1' }, 'its timestamp is more than five minutes off'],
])('who is refused is told to close, and it is logged why: %.9s', async (body, headers, why) => {
  door.open();
  warned.length = 0;
  expect((await answered(body, headers)).headers.get('connection')).toBe('close');
  expect(warned).toEqual([`Refused a request to /slack/events: ${why}`]);
});
