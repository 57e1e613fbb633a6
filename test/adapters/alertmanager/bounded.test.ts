import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AlertmanagerSettings, createSilencer } from '../../../src/adapters/alertmanager/silencer.ts';

/* What answers in the place of Alertmanager sends without an end: all at once, or hardly anything. */

const chunk = ' '.repeat(64 * 1024);
/** Bytes that were taken of it so far. */
let sent = 0;

function* flood(): Generator<string> {
  for (let at = 0; at < 256 * 1024 * 1024; at += chunk.length) {
    sent += chunk.length;
    yield chunk;
  }
}

async function* trickle(): AsyncGenerator<string> {
  for (;;) {
    yield ' ';
    await sleep(20);
  }
}

let send: () => Iterable<string> | AsyncIterable<string> = flood;
/** Settled when the connection of the latest answer is closed. */
let closed: Promise<unknown> = Promise.resolve();
const server = createServer((request, response: ServerResponse) => {
  request.resume();
  closed = once(response, 'close');
  const body = Readable.from(send());
  response.once('close', () => body.destroy());
  body.pipe(response);
});
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const silencer = (bounds: Pick<AlertmanagerSettings, 'patience' | 'largest'>) =>
  createSilencer({ url, ...bounds });
const { signal } = new AbortController();

/** Each way in which it is asked for something. */
const asking: readonly [string, (asked: ReturnType<typeof silencer>) => Promise<unknown>][] = [
  ['silences', (asked) => asked.find('a', signal)],
  ['what fires', (asked) => asked.firing(signal)],
  ['the end of one', (asked) => asked.end('a', signal)],
];

describe.each(asking)('asked for %s', (_what, ask) => {
  test('no more is taken of an answer than is said, and the connection is closed', async () => {
    [send, sent] = [flood, 0];
    const bounded = silencer({ patience: 60_000, largest: 1024 * 1024 });
    await expect(ask(bounded)).rejects.toThrow('Alertmanager answered with more than 1 MiB');
    await closed;
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('an answer that never ends is waited for no longer than is said, and the connection is closed', async () => {
    send = trickle;
    await expect(ask(silencer({ patience: 300 }))).rejects.toMatchObject({ name: 'TimeoutError' });
    await closed;
  });
});
