import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMeasures } from '../../../src/adapters/prometheus/measures.ts';
import { queriesFor } from '../../../src/adapters/prometheus/queries.ts';
import { chart, chartLines } from '../../../src/domain/incidents/chart.ts';
import { noon } from '../../fixtures/facts.ts';

let server: Server;
let url: string;
let asked: URLSearchParams[] = [];
/** What it answers to a query: a value for each instant that is asked for, an HTTP status, or nothing. */
let answers: (query: string, index: number) => number | string | { status: number } | undefined = () => 1;
/** Bytes that it sends before its answer, as long as they are read; and how many it did. */
let padding = 0;
let sent = 0;

function* blanks(): Generator<string> {
  const chunk = ' '.repeat(64 * 1024);
  for (let at = 0; at < padding; at += chunk.length) {
    sent += chunk.length;
    yield chunk;
  }
}

/** A matrix of the values that are answered; a status where the first of them is one. */
function answered(query: URLSearchParams): string | number {
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(query.get(name)));
  const values: [number, string][] = [];
  for (let at = start, index = 0; at <= end; at += step, index += 1) {
    const value = answers(query.get('query') ?? '', index);
    if (typeof value === 'object') return value.status;
    if (value !== undefined) values.push([at, String(value)]);
  }
  const result = values.length === 0 ? [] : [{ metric: {}, values }];
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const query = new URLSearchParams(await text(request));
    asked.push(query);
    const answer = answered(query);
    if (typeof answer === 'number') response.writeHead(answer).end('no');
    else if (padding === 0) response.end(answer);
    else Readable.from(blanks()).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
});
beforeEach(() => {
  asked = [];
  answers = () => 1;
  [padding, sent] = [0, 0];
});
afterAll(() => void server?.close());

const signal = new AbortController().signal;
const web = 'sandbox/shop/Deployment/web';
const hourBefore = (owner = web) => createMeasures({ url }).before(owner, noon, signal);

describe('the hour before', () => {
  test('is twenty instants, three minutes apart, of two charts at most', async () => {
    const { charts, missing } = await hourBefore();
    expect(missing).toEqual([]);
    expect(charts.map(({ title }) => title)).toEqual(['Ready pods', 'Restarts in 5 min']);
    for (const each of charts) expect(chart.parse(each)).toEqual(each);
    expect(charts[0]?.at).toHaveLength(20);
    expect(charts[0]?.at.at(-1)).toBe(noon);
    expect(charts[0]?.at[0]).toBe('2026-03-01T11:03:00.000Z');
    expect(new Set(asked.map((query) => query.get('step')))).toEqual(new Set(['180']));
  });

  test('leaves out what has no value, and makes nothing up', async () => {
    answers = (query, index) => {
      if (query.includes('spec_replicas')) return undefined;
      if (query.includes('restarts_total')) return index === 3 ? 'NaN' : index;
      return query.includes('replicas_ready') ? 2 : undefined;
    };
    const { charts } = await hourBefore();
    expect(charts[0]?.series.map(({ name }) => name)).toEqual(['ready']);
    expect(charts[1]?.series[0]?.values.slice(0, 5)).toEqual([0, 1, 2, 4, 5]);
    expect(charts[1]?.at).toHaveLength(19);
  });

  test('tells no instant of which one series has no value', async () => {
    answers = (query, index) => (query.includes('spec_replicas') && index === 3 ? undefined : 2);
    const { charts } = await hourBefore();
    expect(charts[0]?.at).toHaveLength(19);
    expect(charts[0]?.series.map(({ values }) => new Set(values))).toEqual([new Set([2]), new Set([2])]);
  });

  test.each<[string, typeof answers, RegExp]>([
    ['it has none', () => undefined, /^metrics: Prometheus has none of it$/],
    ['it refuses', () => ({ status: 401 }), /^metrics: Prometheus answered 401$/],
    ['it fails', () => ({ status: 503 }), /^metrics: Prometheus answered 503$/],
  ])('says why there is nothing where %s', async (_name, is, reason) => {
    answers = is;
    const { charts, missing } = await hourBefore();
    expect(charts).toEqual([]);
    expect(missing).toEqual([expect.stringMatching(reason)]);
  });

  test('takes no more than a bounded answer from the network, and says that it was longer', async () => {
    padding = 256 * 1024 * 1024;
    const { charts, missing } = await hourBefore('sandbox/shop/PersistentVolumeClaim/data');
    expect(charts).toEqual([]);
    expect(missing).toEqual(['metrics: Prometheus answered with more than 1 MiB']);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('takes no more values than it asked for', async () => {
    const more = createMeasures({ url, step: 180 });
    answers = (_query, index) => index;
    const unasked = createServer((_request, response) => {
      const values = Array.from({ length: 21 }, (_, index) => [index, '1']);
      response.end(JSON.stringify({ data: { result: [{ values }] } }));
    }).listen(0, '127.0.0.1');
    await once(unasked, 'listening');
    const address = unasked.address();
    const other = createMeasures({
      url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    });
    expect((await other.before(web, noon, signal)).missing).toEqual([
      'metrics: what answers is not Prometheus',
    ]);
    expect((await more.before(web, noon, signal)).charts[0]?.at).toHaveLength(20);
    unasked.close();
  });

  test('says that nobody answers, once', async () => {
    const away = createMeasures({ url: 'http://127.0.0.1:9' });
    const { missing } = await away.before(web, noon, signal);
    expect(missing).toHaveLength(1);
  });

  test('of a kind of which nothing is known asks nothing', async () => {
    const { missing } = await hourBefore('sandbox/-/CustomResource/x');
    expect(missing).toEqual(['metrics: none are known of a CustomResource']);
    expect(asked).toEqual([]);
  });
});

test('names stay names in a query, whatever is in them', () => {
  const odd = 'a.b"} or vector(1) #\\';
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'PersistentVolumeClaim'])
    for (const { series } of queriesFor(kind, odd, odd))
      for (const { query } of series)
        expect(query.replaceAll(/"(\\.|[^"\\])*"/g, '')).not.toMatch(/vector|#/);
});

test.each([
  ['Deployment', 'web-7c5ddbdf54-x2x7k', ['web-api-7c5ddbdf54-x2x7k', 'web-api-x2x7k', 'web-0']],
  ['StatefulSet', 'web-12', ['web-api-0', 'web-x2x7k']],
  ['DaemonSet', 'web-x2x7k', ['web-api-x2x7k', 'web-proxy', 'web-7c5ddbdf54-x2x7k']],
  ['Pod', 'web', ['web-0', 'my-web']],
])('the pods of a %s are its own', (kind, own, others) => {
  const queries = queriesFor(kind, 'shop', 'web').flatMap(({ series }) => series.map(({ query }) => query));
  const patterns = queries.flatMap((query) => /pod=~"([^"]*)"/.exec(query)?.[1] ?? []);
  expect(patterns.length).toBeGreaterThan(0);
  for (const pattern of patterns) {
    const whole = new RegExp(`^(?:${pattern})$`);
    expect([own, ...others].filter((name) => whole.test(name))).toEqual([own]);
  }
});

test('a dot in a name is a dot', () => {
  const [query = ''] = queriesFor('Pod', 'shop', 'web.old').flatMap(({ series }) =>
    series.map((each) => each.query),
  );
  const pattern = JSON.parse(/pod=~("(?:\\.|[^"])*")/.exec(query)?.[1] ?? '""');
  const whole = new RegExp(`^(?:${pattern})$`);
  expect(['web.old', 'web-old'].map((name) => whole.test(name))).toEqual([true, false]);
});

test('a chart is said in words, with its numbers', () => {
  const at = ['2026-03-01T11:03:00.000Z', noon];
  const series = [
    { name: 'ready', values: [3, 1] },
    { name: 'wanted', values: [3, 0.123456] },
  ];
  expect(chartLines({ title: 'Ready pods', unit: 'pods', at, series }, noon)).toEqual([
    'Ready pods, ready (pods): 3 at 11:03 UTC, 1 at 12:00 UTC; between 1 and 3.',
    'Ready pods, wanted (pods): 3 at 11:03 UTC, 0.1235 at 12:00 UTC; between 0.1235 and 3.',
  ]);
});
