import { createServer, get, IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Credential,
  parseJson,
  readBody,
  readJson,
  unauthorized,
} from '../../../src/adapters/http/route.ts';
import { silentLog } from '../../fixtures/log.ts';

const right = 'the-right-token-of-the-route';

/** What one request is answered, and what is logged of it. */
async function tried(headers: Record<string, string>, credential: Partial<Credential> = {}) {
  const logged: unknown[] = [];
  const log = {
    ...silentLog,
    warn: (fields: object, sentence: string) => void logged.push(fields, sentence),
  };
  const of = { path: '/webhooks/alertmanager', variable: 'ALERTMANAGER_TOKEN', token: right, ...credential };
  const server = createServer((request, response) => {
    response.end(`${unauthorized(request, of, log)?.status ?? 200}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
  const status = Number(await response.text());
  await new Promise((resolve) => server.close(resolve));
  return { status, logged };
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each<[string, Record<string, string>, string, Partial<Credential>?]>([
  ['no credentials', {}, 'none'],
  ['a token that is nearly the right one', { authorization: `Bearer ${right}s` }, 'wrong'],
  ['a password', { authorization: `Basic ${right}` }, 'no bearer token'],
  ['a wrong password', { authorization: `Basic ${right}` }, 'wrong', { basic: true }],
  ['another scheme', { authorization: 'Digest x' }, 'no bearer token', { basic: true }],
  ['the token as a password where none is taken', { authorization: basic(`x:${right}`) }, 'no bearer token'],
  ['a part of a password', { authorization: basic(`x:a:${right}`) }, 'wrong', { basic: true }],
  ['nothing, where blanks stand around the token', {}, 'none', { token: ` ${right} ` }],
  [
    'nothing as a password, where blanks stand around the token',
    { authorization: basic('x:') },
    'wrong',
    { basic: true, token: ` ${right} ` },
  ],
  ['the token without a name', { authorization: basic(right) }, 'wrong', { basic: true }],
  [
    'a password behind another scheme',
    { authorization: basic(`x:${right}`).replace('Basic', 'Basis') },
    'no bearer token',
    { basic: true },
  ],
  ['nothing behind the scheme', { authorization: 'Bearer ' }, 'no bearer token'],
])('%s: the refusal is logged without what was sent', async (_name, headers, credential, more = {}) => {
  const { status, logged } = await tried(headers, more);
  expect(status).toBe(401);
  expect(logged).toEqual([
    expect.objectContaining({ path: '/webhooks/alertmanager', credential, remoteAddress: '127.0.0.1' }),
    'A request without the right credentials was refused',
  ]);
  expect(JSON.stringify(logged)).not.toContain(right);
});

test.each<[string, string, Partial<Credential>]>([
  ['the token', `Bearer ${right}`, {}],
  ['one of two', `Bearer ${right}`, { token: `another  ${right}` }],
  ['a password', basic(`anybody:${right}`), { basic: true }],
  ['a password with a colon in it', basic('anybody:a:b'), { basic: true, token: 'a:b' }],
])('%s lets in', async (_name, authorization, more) => {
  expect(await tried({ authorization }, more)).toEqual({ status: 200, logged: [] });
});

test('an address that is disabled is logged too, and who has the token is not', async () => {
  const disabled = await tried({ authorization: `Bearer ${right}` }, { token: undefined });
  expect(disabled).toMatchObject({ status: 403, logged: [{ status: 403 }, expect.any(String)] });
  expect(JSON.stringify(disabled.logged)).not.toContain(right);
  expect(await tried({ authorization: `Bearer ${right}` })).toEqual({ status: 200, logged: [] });
});

test('who does not say his name is logged without one', async () => {
  const logged: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => void logged.push(fields) };
  const server = createServer((request, response) => {
    unauthorized(request, { path: '/x', variable: 'X', token: right }, log);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  await new Promise((resolve) => get({ host: '127.0.0.1', port, agent: false }, resolve));
  await new Promise((resolve) => server.close(resolve));
  expect(logged).toEqual([{ path: '/x', status: 401, credential: 'none', remoteAddress: '127.0.0.1' }]);
});

test('of a long name of a program only the beginning is logged', async () => {
  const { logged } = await tried({ 'user-agent': 'x'.repeat(101) });
  expect(logged[0]).toMatchObject({ userAgent: 'x'.repeat(100) });
});

describe('a body', () => {
  /** Sends these pieces, with or without saying how many bytes they are, and answers what is read of them. */
  async function read(pieces: readonly string[], most: number, isSaid = false): Promise<unknown> {
    const server = createServer(async (request, response) => {
      response.end(JSON.stringify(await readJson(request, most)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const body = isSaid
      ? pieces.join('')
      : Readable.toWeb(Readable.from(pieces.map((each) => Buffer.from(each))));
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, duplex: 'half' });
    const value: unknown = await answer.json();
    server.closeAllConnections();
    server.close();
    return value;
  }
  test('that breaks off is refused, and has ten seconds to come', async () => {
    const read = Promise.withResolvers<unknown>();
    const server = createServer((request) => {
      read.resolve(readJson(request, 10));
      expect(request.socket.timeout).toBe(10_000);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"a"', () => socket.destroy());
    const reason = 'The body broke off before its end.';
    expect(await read.promise).toEqual({ kind: 'refused', status: 400, reason });
    server.close();
  });

  const x = (length: number) => 'x'.repeat(length);
  const large = { kind: 'refused', status: 413, reason: 'The body is larger than 10 bytes.' };
  const refused = (reason: string) => ({ kind: 'refused', status: 400, reason });

  test.each<[string, readonly string[], boolean, unknown]>([
    ['as long as it may be', [`"${x(8)}"`], true, { kind: 'json', value: x(8) }],
    ['longer', [`"${x(9)}"`], true, large],
    ['of unknown length, as long as it may be', ['"', x(3), x(5), '"'], false, { kind: 'json', value: x(8) }],
    ['of unknown length, longer', ['"', x(3), x(6), '"'], false, large],
    ['of bytes, not of letters', ['"', 'ä'.repeat(5), '"'], false, large],
    ['of no JSON', ['{'], true, refused('The body is not JSON.')],
    ['of nothing', [''], true, refused('The body is empty, and must be JSON.')],
    ['of blanks', [' \n'], true, refused('The body is empty, and must be JSON.')],
    ['with a byte order mark', ['\uFEFF"x"'], true, { kind: 'json', value: 'x' }],
    ['in UTF-16', ['"\0x\0"\0'], true, refused('The body is not JSON in UTF-8.')],
  ])('%s', async (_name, pieces, isSaid, answer) => {
    expect(await read(pieces, 10, isSaid)).toEqual(answer);
  });

  test('is given back, piece by piece and as a whole, but for what others have a part of', async () => {
    const own = (text: string) => Buffer.from(new TextEncoder().encode(text).buffer);
    const shared = own('"cd"').subarray(1, 3);
    const pieces = [own('"ab'), shared, own('"')];
    // The request of a server is a stream of its body with a head: no more of it is looked at here.
    const request = Object.assign(new IncomingMessage(new Socket()), {
      [Symbol.asyncIterator]: () => Readable.from(pieces)[Symbol.asyncIterator](),
    });
    const body = await readBody(request, 10);
    if (body.kind === 'refused') throw new Error(body.reason);
    expect(pieces.map(({ length }) => length)).toEqual([0, 2, 0]);
    const { buffer } = body.bytes;
    expect(await parseJson(request, Buffer.from(buffer, 0, 6), 10)).toEqual({ kind: 'json', value: 'abcd' });
    const whole = own('"ab"');
    expect(await parseJson(request, whole, 10)).toEqual({ kind: 'json', value: 'ab' });
    expect(whole.length).toBe(0);
  });
});
