import { afterEach, describe, expect, test, vi } from 'vitest';
import { type HttpSide, type Route, startHttp } from '../../../src/adapters/slack/server.ts';
import { silentLog } from '../../fixtures/log.ts';

const open: HttpSide[] = [];
afterEach(() => Promise.all(open.splice(0).map((side) => side.stop(0))));

const answering = (name: string): Route['handler'] => {
  return (request, response) => void response.end(`${name} ${request.method}`);
};
const routes: readonly Route[] = [
  { path: '/both', method: 'GET', handler: answering('read') },
  { path: '/both', method: 'POST', handler: answering('write') },
  { path: '/write', method: 'POST', handler: answering('write') },
  { path: '/slack/events', method: 'GET', handler: answering('own') },
  { path: '/fails', method: 'GET', handler: () => Promise.reject(new Error('broken')) },
  {
    path: '/fails-late',
    method: 'GET',
    handler: (_request, response) => {
      response.writeHead(202);
      throw new Error('broken late');
    },
  },
];

async function started(slack?: Route['handler'], log = silentLog): Promise<HttpSide> {
  const side = await startHttp({ host: '127.0.0.1', port: 0, routes, log }, slack);
  open.push(side);
  return side;
}

async function asked({ port }: HttpSide, method: string, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, text: await response.text(), allow: response.headers.get('allow') };
}

const none = { text: '', allow: null };
const nothing = { status: 404, text: 'There is nothing at this address.\n', allow: null };

describe('a request', () => {
  test.each<[string, string, object]>([
    ['GET', '/both', { status: 200, text: 'read GET', allow: null }],
    ['POST', '/both', { status: 200, text: 'write POST', allow: null }],
    ['HEAD', '/both', { status: 200, ...none }],
    ['GET', '/both?a=/write', { status: 200, text: 'read GET', allow: null }],
    ['DELETE', '/both', { status: 405, text: 'This address is for GET, POST only.\n', allow: 'GET, POST' }],
    ['GET', '/write', { status: 405, text: 'This address is for POST only.\n', allow: 'POST' }],
    ['HEAD', '/write', { status: 405, text: '', allow: 'POST' }],
    ['GET', '/both/', nothing],
    ['GET', '/', nothing],
    ['HEAD', '/', { status: 404, ...none }],
    ['POST', '/slack/events', { status: 200, text: 'slack POST', allow: null }],
    ['GET', '/slack/events', { status: 200, text: 'own GET', allow: null }],
    ['POST', '/slack/other', nothing],
    ['GET', '/fails-late', { status: 202, ...none }],
  ])('%s %s', async (method, path, answer) => {
    expect(await asked(await started(answering('slack')), method, path)).toEqual(answer);
  });

  test('of Slack is none where nothing is heard over HTTP', async () => {
    expect((await asked(await started(), 'POST', '/slack/events')).status).toBe(405);
  });

  test('that fails is answered with 500, and logged with its path', async () => {
    const logged: unknown[] = [];
    const log = { ...silentLog, error: (...line: unknown[]) => void logged.push(...line) };
    expect(await asked(await started(undefined, log), 'GET', '/fails')).toEqual({ status: 500, ...none });
    expect(logged).toMatchObject([{ path: '/fails', err: { message: 'broken' } }, 'An HTTP request failed']);
  });
});

test('where another listens already it says what to set', async () => {
  const { port } = await started();
  const again = startHttp({ host: '127.0.0.1', port, routes, log: silentLog }, undefined);
  await expect(again).rejects.toMatchObject({
    message: `Cannot listen on 127.0.0.1:${port}: another program listens there already. Set HOST and PORT to a free address.`,
    cause: { code: 'EADDRINUSE' },
  });
});

test('where it may not listen it says why, and what to set', async () => {
  const side = startHttp({ host: '203.0.113.1', port: 1, routes, log: silentLog }, undefined);
  await expect(side).rejects.toThrow(
    'Cannot listen on 203.0.113.1:1: listen EADDRNOTAVAIL: address not available 203.0.113.1:1. Set HOST and PORT to a free address.',
  );
});

test('it stops once, however often it is told to, and waits for what is open', async () => {
  const entered = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  const side = await started(async (_request, response) => {
    entered.resolve();
    await going.promise;
    response.end('done');
  });
  const answer = asked(side, 'POST', '/slack/events');
  await entered.promise;
  expect(side.listening()).toBe(true);
  const stopped = side.stop(30);
  expect(side.listening()).toBe(false);
  going.resolve();
  expect((await answer).text).toBe('done');
  await stopped;
  await side.stop(30);
});

test('nothing is left to wait for once it has stopped', async () => {
  const side = await started();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await side.stop(30);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('it cuts off what does not end in time', async () => {
  const entered = Promise.withResolvers<void>();
  const side = await started(() => entered.resolve());
  const answer = asked(side, 'POST', '/slack/events').catch(() => 'cut off');
  await entered.promise;
  await side.stop(0.01);
  expect(await answer).toBe('cut off');
});
