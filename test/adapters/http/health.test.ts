import { createServer, type Server } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  createHealthRoutes,
  createPulse,
  type Loop,
  type Pulse,
  type Vitals,
} from '../../../src/adapters/http/health.ts';

const portOf = z.object({ port: z.number() });

let server: Server | undefined;
afterEach(() => {
  vi.useRealTimers();
  server?.close();
});

async function serving(vitals: Partial<Vitals>): Promise<(path: string) => Promise<Response>> {
  const routes = createHealthRoutes({
    pulse: createPulse(),
    unready: async () => [],
    status: async () => ({}),
    ...vitals,
  });
  server = createServer((request, response) => {
    const found = routes.find(({ path }) => path === request.url);
    void found?.handler(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = portOf.parse(server.address());
  return (path) => fetch(`http://127.0.0.1:${port}${path}`);
}

/** A pulse whose loops last came round so many seconds ago. */
const pulseOf = ({ queue, outbox }: Partial<Record<Loop, number>>): Pulse => ({
  turned: () => undefined,
  ages: () =>
    new Map([
      ...(queue === undefined ? [] : [['queue', queue] as const]),
      ...(outbox === undefined ? [] : [['outbox', outbox] as const]),
    ]),
});

test.each<[string, Partial<Record<Loop, number>>, string[], number, number]>([
  ['at work', { queue: 1, outbox: 2 }, [], 200, 200],
  ['not begun', {}, ['Slack is not connected.'], 200, 503],
  ['Slack away', { queue: 1, outbox: 2 }, ['Slack is not connected.'], 200, 503],
  ['a queue that stands still', { queue: 31, outbox: 2 }, [], 503, 503],
  ['an outbox that waits for a slow Slack', { queue: 1, outbox: 50 }, [], 200, 200],
  ['loops that came round just in time', { queue: 30, outbox: 60 }, [], 200, 200],
  ['an outbox that stands still', { queue: 1, outbox: 61 }, [], 503, 503],
])('%s', async (_name, ages, unready, live, ready) => {
  const ask = await serving({ pulse: pulseOf(ages), unready: async () => unready });
  const [healthz, readyz, status] = await Promise.all(['/healthz', '/readyz', '/status'].map(ask));
  expect([healthz?.status, readyz?.status, status?.status]).toEqual([live, ready, 200]);
  const told: unknown = await status?.json();
  expect(told).toMatchObject({ ready: ready === 200 });
  expect(await readyz?.text()).toMatch(ready === 200 ? /^ready\n$/ : /\.\n$/);
});

test('what stands still is told, and all of it is in the status', async () => {
  const ask = await serving({
    pulse: pulseOf({ queue: 31.4 }),
    unready: async () => ['Slack is not connected.'],
    status: async () => ({ waiting: 2 }),
  });
  const still = 'The queue has stood still for 31 s.';
  expect(await (await ask('/healthz')).text()).toBe(`${still}\n`);
  expect(await (await ask('/readyz')).text()).toBe(`${still}\nSlack is not connected.\n`);
  const status = await ask('/status');
  expect(status.headers.get('content-type')).toBe('application/json');
  expect(await status.json()).toEqual({
    ready: false,
    problems: [still, 'Slack is not connected.'],
    loops: { queue: { secondsAgo: 31.4 } },
    waiting: 2,
  });
});

test('a replica at work says so in plain text', async () => {
  const answer = await (await serving({}))('/healthz');
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual([
    'text/plain; charset=utf-8',
    'ok\n',
  ]);
});

test('what cannot be told is not ready', async () => {
  const ask = await serving({ unready: () => Promise.reject(new Error('no way to tell')) });
  const answer = await ask('/readyz');
  expect([answer.status, await answer.text()]).toEqual([503, 'Error: no way to tell\n']);
});

test('a pulse counts from the latest turn', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const pulse = createPulse();
  expect(pulse.ages()).toEqual(new Map());
  pulse.turned('queue');
  vi.advanceTimersByTime(4_000);
  pulse.turned('outbox');
  vi.advanceTimersByTime(1_000);
  pulse.turned('queue');
  expect(pulse.ages()).toEqual(
    new Map([
      ['queue', 0],
      ['outbox', 1],
    ]),
  );
});
