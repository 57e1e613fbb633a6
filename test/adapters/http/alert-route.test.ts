import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAlertRoute } from '../../../src/adapters/http/alert-route.ts';
import { readAlertmanager } from '../../../src/adapters/http/alertmanager.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { jsonAlertFormats } from '../../../src/domain/policy/json-alerts.ts';
import { silentLog } from '../../fixtures/log.ts';

const source = {
  name: 'alertmanager',
  path: '/webhooks/alertmanager',
  variable: 'ALERTMANAGER_TOKEN',
  basic: true,
  read: readAlertmanager,
};

const good = JSON.stringify({
  version: '4',
  alerts: [
    { status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-01-01T00:00:00Z', fingerprint: 'f' },
  ],
});

/** A machine may be slow. */
const patiently = { timeout: 20_000 };

describe('the route of an alert source', () => {
  const taken: Alert[] = [];
  const missed: [string, number][] = [];
  const logged: object[] = [];
  const sentences: string[] = [];
  const faults: unknown[] = [];
  let broken = false;
  let server: Server;
  let url = '';

  beforeAll(async () => {
    const route = createAlertRoute({
      source,
      token: 'right-token next-token',
      log: {
        ...silentLog,
        warn: (fields: object, sentence: string) => {
          logged.push(fields);
          sentences.push(sentence);
        },
        error: (fields: object, sentence: string) => void faults.push(fields, sentence),
      },
      missed: (why, count) => void missed.push([why, count]),
      ingest: async (alerts) => {
        if (broken) throw new Error('no database');
        taken.push(...alerts);
        return { opened: alerts.length, known: 0, resolved: 0 };
      },
    });
    server = createServer((request, response) => void route.handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  });
  afterAll(() => server.close());

  const post = (body: string, authorization?: string) =>
    fetch(url, {
      method: 'POST',
      body,
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });

  test.each([
    ['no token', undefined],
    ['a wrong token', 'Bearer wrong-token'],
    ['a longer token', 'Bearer right-token-and-more'],
    ['another scheme', 'Basic right-token'],
  ])('with %s answers 401 and takes nothing', async (_name, authorization) => {
    const before = taken.length;
    expect((await post(good, authorization)).status).toBe(401);
    expect(taken).toHaveLength(before);
  });

  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each([
    ['the token that is next', 'Bearer next-token', 200],
    ['the token as a password', basic('alertmanager:right-token'), 200],
    ['the next one as a password of nobody', basic(':next-token'), 200],
    ['the token as the name', basic('right-token:'), 401],
    ['both as one', 'Bearer right-token next-token', 401],
    ['an empty password', basic('alertmanager:'), 401],
    ['no password', basic('alertmanager'), 401],
  ])('with %s', async (_name, authorization, status) => {
    expect((await post(good, authorization)).status).toBe(status);
  });

  test('takes what is sent as gzip', async () => {
    const before = taken.length;
    const headers = { authorization: 'Bearer right-token', 'content-encoding': 'gzip' };
    const response = await fetch(url, { method: 'POST', body: gzipSync(good), headers });
    expect([response.status, taken.length - before]).toEqual([200, 1]);
  });

  test('says of gzip that is not said to be gzip what is missing', async () => {
    const headers = { authorization: 'Bearer right-token' };
    const response = await fetch(url, { method: 'POST', body: gzipSync(good), headers });
    expect([response.status, await response.text()]).toEqual([
      400,
      'The body is not JSON but gzip: say so with Content-Encoding, or send it as it is.\n',
    ]);
  });

  test('answers 200 once the alerts are committed', async () => {
    logged.length = 0;
    const response = await post(good, 'Bearer right-token');
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'keep-alive']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('retry-after')).toBeNull();
    expect(logged).toEqual([]);
    expect(await response.text()).toBe('Committed: 1 opened, 0 known already, 0 resolved.\n');
    expect(taken.at(-1)).toMatchObject({ fingerprint: 'f', status: 'firing' });
  });

  test('names what it does not take, and what was not sent', async () => {
    const { alerts, ...rest } = JSON.parse(good);
    const body = JSON.stringify({ ...rest, alerts: [...alerts, { status: 'burning' }], truncatedAlerts: 3 });
    const response = await post(body, 'Bearer right-token');
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(
      /1 opened.* Left out 1 of 2: "alerts\.1\.status": .*3 more were not sent: raise max_alerts of the receiver\.\n$/,
    );
    expect(missed).toEqual([
      ['left_out', 1],
      ['truncated', 3],
    ]);
  });

  test('of many that it does not take names the first five, and logs no more', async () => {
    logged.length = 0;
    const { alerts, ...rest } = JSON.parse(good);
    const bad = Array.from({ length: 6 }, () => ({ status: 'burning' }));
    const response = await post(
      JSON.stringify({ ...rest, alerts: [...alerts, ...bad] }),
      'Bearer right-token',
    );
    const text = await response.text();
    expect(text).toContain(' Left out 6 of 7: "alerts.1.status"');
    expect(text).toContain('"alerts.5.status"');
    expect(text.split('; ')).toHaveLength(5);
    expect(text).not.toContain('"alerts.6.status"');
    expect(logged).toMatchObject([{ source: 'alertmanager', truncated: 0 }]);
    expect(logged).toHaveProperty('0.leftOut.length', 5);
    expect(sentences.at(-1)).toBe(text.slice(text.indexOf('Left out'), -1));
  });

  test.each([
    ['no JSON', 'alerts!', 'not JSON'],
    ['another format', '{"version":"1"}', '"version"'],
  ])('answers 400 to %s and says why', async (_name, body, why) => {
    const response = await post(body, 'Bearer right-token');
    expect([response.status, response.headers.get('connection')]).toEqual([400, 'close']);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.text()).toContain(why);
  });

  test('answers 413 to more than it reads, before it is sent', async () => {
    const before = taken.length;
    const headers = { authorization: 'Bearer right-token', 'content-length': 5 * 1024 * 1024 };
    const sent = request(url, { method: 'POST', headers });
    sent.flushHeaders();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject);
    });
    expect(response.statusCode).toBe(413);
    sent.destroy();
    expect(taken).toHaveLength(before);
  });

  test('asks for the alerts again when they could not be stored', async () => {
    broken = true;
    const response = await post(good, 'Bearer right-token');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('The alerts could not be stored. Send them again.\n');
    expect(faults).toEqual([
      { fault: new Error('no database') },
      'Alerts could not be committed; the sender is asked to send them again',
    ]);
    broken = false;
  });

  test.each<[string, Record<string, string>]>([
    ['large', { 'content-length': String(4 * 1024 * 1024) }],
    ['packed', { 'content-length': '9', 'content-encoding': 'gzip' }],
    ['nobody knows how large', { 'transfer-encoding': 'chunked' }],
  ])(
    'has room for two bodies that are %s: who brings more is asked to send them again',
    async (_name, size) => {
      const before = taken.length;
      const headers = { authorization: 'Bearer right-token', ...size };
      const open = Array.from({ length: 2 }, () => {
        const sent = request(url, { method: 'POST', headers }).on('error', () => {});
        sent.flushHeaders();
        return sent;
      });
      await expect.poll(async () => (await post(good, 'Bearer right-token')).status, patiently).toBe(503);
      const refused = await post(good, 'Bearer right-token');
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(await refused.text()).toBe('Too many alerts are on their way at once. Send them again.\n');
      for (const sent of open) sent.destroy();
      await expect.poll(async () => (await post(good, 'Bearer right-token')).status, patiently).toBe(200);
      expect(taken.length).toBeGreaterThan(before);
    },
  );
});

test('a route without a token is disabled', async () => {
  const route = createAlertRoute({
    source,
    token: undefined,
    log: silentLog,
    ingest: () => Promise.reject(new Error('unused')),
  });
  expect(route).toMatchObject({ method: 'POST', path: '/webhooks/alertmanager' });
  const server = createServer((request, response) => void route.handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: good });
  server.close();
  expect(response.status).toBe(403);
  expect(await response.text()).toBe(
    'The endpoint /webhooks/alertmanager is disabled: set ALERTMANAGER_TOKEN and send it as a bearer token.\n',
  );
});

test('a source is asked to read by the format of the address and the policy', async () => {
  const asked: unknown[] = [];
  const formats = jsonAlertFormats.parse({ uptime: { name: 'title', startsAt: 'since' } });
  const route = createAlertRoute({
    source: {
      ...source,
      read: (body, how) => {
        asked.push([body, how]);
        return { kind: 'refused', reason: 'no' };
      },
    },
    token: 't',
    log: silentLog,
    formats: () => formats,
    ingest: () => Promise.reject(new Error('unused')),
  });
  const server = createServer((request, response) => void route.handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  for (const query of ['?format=uptime', ''])
    await fetch(`http://127.0.0.1:${port}/${query}`, {
      ...{ method: 'POST', body: '{}', headers: { authorization: 'Bearer t' } },
    });
  server.close();
  expect(asked).toEqual([
    [{}, { format: 'uptime', formats }],
    [{}, { format: undefined, formats }],
  ]);
});
