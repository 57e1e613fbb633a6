import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertRoute } from '../../../src/adapters/http/alert-route.ts';
import { alertSources } from '../../../src/adapters/http/alert-sources.ts';
import { silentLog } from '../../fixtures/log.ts';

const [old, next] = ['the-old-secret-of-pagerduty', 'the-next-secret-of-pagerduty'];
const body = JSON.stringify({
  event: {
    ...{ event_type: 'incident.triggered', occurred_at: '2026-01-01T00:00:00Z' },
    data: {
      type: 'incident',
      id: 'P1',
      status: 'triggered',
      created_at: '2026-01-01T00:00:00Z',
      title: 'Größe',
    },
  },
});
const signed = (secret: string, text = body) =>
  `v1=${createHmac('sha256', secret).update(text).digest('hex')}`;

const source = alertSources.find(({ name }) => name === 'pagerduty');
if (source === undefined) throw new Error('there is no source pagerduty');

let taken = 0;
const logged: unknown[] = [];
const log = { ...silentLog, warn: (fields: object) => void logged.push(fields) };
const routes = [`${old} ${next}`, undefined, ` ${old} `].map((token) =>
  createAlertRoute({
    ...{ source, token, log },
    ingest: async (alerts) => {
      taken += alerts.length;
      return { opened: alerts.length, known: 0, resolved: 0 };
    },
  }),
);
const servers = routes.map((route) =>
  createServer((request, response) => void route.handler(request, response)),
);
beforeAll(() =>
  Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))),
);
afterAll(() => servers.forEach((server) => void server.close()));

async function post(signature: string | undefined, { text = body, server = servers[0] } = {}) {
  const address = server?.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const headers: Record<string, string> =
    signature === undefined ? {} : { 'x-pagerduty-signature': signature };
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: text, headers });
  return { status: response.status, text: await response.text() };
}

test.each([
  ['of the old secret', signed(old), 200],
  ['of the next secret', signed(next), 200],
  ['in capitals', signed(old).toUpperCase().replace('V1', 'v1'), 200],
  ['of both, as while secrets are exchanged', `${signed('gone')},${signed(next)}`, 200],
  ['with blanks after the comma', `${signed('gone')}, ${signed(next)}`, 200],
  ['of a later version beside it', `v2=abc,${signed(old)}`, 200],
  ['as the last that is looked at', `${`${signed('x')},`.repeat(19)}${signed(old)}`, 200],
  ['behind as many as are looked at', `${`${signed('x')},`.repeat(20)}${signed(old)}`, 401],
  ['none', undefined, 401],
  ['an empty one', '', 401],
  ['of another secret', signed('another'), 401],
  ['of both secrets as one', signed(`${old} ${next}`), 401],
  ['of an empty secret', signed(''), 401],
  ['of another body', signed(old, `${body} `), 401],
  ['only of a later version', signed(old).replace('v1', 'v2'), 401],
  ['without a version', signed(old).slice(3), 401],
  ['cut', signed(old).slice(0, -1), 401],
  ['longer', `${signed(old)}0`, 401],
  ['with a sign before it', `x${signed(old)}`, 401],
  ['no hexadecimal', `v1=${'z'.repeat(64)}`, 401],
  ['behind more than a sender has', `${`${signed('x')},`.repeat(25)}${signed(old)}`, 401],
])('a signature %s: %s', async (_name, signature, status) => {
  const before = taken;
  expect((await post(signature)).status).toBe(status);
  expect(taken - before).toBe(status === 200 ? 1 : 0);
});

test.each([
  ['without one', undefined, 'none'],
  ['with a later version', signed(old).replace('v1', 'v2'), 'no signature v1'],
  ['with a wrong one', signed('another'), 'wrong'],
])('it is logged that somebody came %s, and not with what', async (_name, signature, credential) => {
  logged.length = 0;
  const { text } = await post(signature);
  expect(text).toBe('The signature in x-pagerduty-signature is missing or wrong.\n');
  expect(logged).toEqual([
    {
      ...{ path: '/webhooks/pagerduty', status: 401, credential },
      ...{ remoteAddress: '127.0.0.1', userAgent: expect.any(String) },
    },
  ]);
});

test('what is no alert is answered with 200 and the reason', async () => {
  const text = JSON.stringify({
    event: { event_type: 'pagey.ping', occurred_at: '2026-01-01T00:00:00Z', data: { message: 'Hi' } },
  });
  expect(await post(signed(old, text), { text })).toEqual({
    status: 200,
    text: 'The event "pagey.ping" is not about an incident, and is not taken.\n',
  });
});

test('what is signed and no JSON is refused as such', async () => {
  expect((await post(signed(old, '{'), { text: '{' })).status).toBe(400);
});

test('blanks around a secret are no secret', async () => {
  const [, , server] = servers;
  expect((await post(signed(''), { server })).status).toBe(401);
  expect((await post(signed(old), { server })).status).toBe(200);
});

test('without a secret the route is disabled, whatever is signed', async () => {
  const { status, text } = await post(signed(''), { server: servers[1] });
  expect(status).toBe(403);
  expect(text).toContain('set PAGERDUTY_SECRET');
});
