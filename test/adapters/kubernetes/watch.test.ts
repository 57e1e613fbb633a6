import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { watchOnce } from '../../../src/adapters/kubernetes/client/watch.ts';

let answer: (response: ServerResponse, query: URLSearchParams) => void = (response) => response.end();
const server = createServer((request, response) =>
  answer(response, new URL(request.url ?? '/', 'http://server').searchParams),
);
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
afterAll(() => void server.close());

const change = (type: string, version: string, more: object = {}) =>
  `${JSON.stringify({ type, object: { kind: 'Event', metadata: { resourceVersion: version }, ...more } })}\n`;

/** What one watch tells, where it goes on, and what it asked for. */
async function watched(from: string | undefined, respond: (response: ServerResponse) => void) {
  const queries: URLSearchParams[] = [];
  answer = (response, query) => {
    queries.push(query);
    respond(response);
  };
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = plainConnection(`http://127.0.0.1:${port}`);
  const told: unknown[] = [];
  const asked = {
    resource: { apiVersion: 'v1', resource: 'events' },
    query: { fieldSelector: 'type=Warning' },
  };
  try {
    const tell = (each: unknown) => void told.push(each);
    const place = await watchOnce(connection, asked, from, tell, new AbortController().signal);
    return { told, place, query: queries[0] };
  } finally {
    await connection.close();
  }
}

test('it begins with all there is, and goes on where the last change or bookmark was', async () => {
  const { told, place, query } = await watched(undefined, (response) => {
    response.write(change('ADDED', '7') + change('MODIFIED', '9'));
    response.end(change('BOOKMARK', '40'));
  });
  expect(told).toMatchObject([{ type: 'ADDED' }, { type: 'MODIFIED' }]);
  expect(place).toBe('40');
  expect(Object.fromEntries(query ?? [])).toMatchObject({ watch: 'true', fieldSelector: 'type=Warning' });
  expect(query?.has('resourceVersion')).toBe(false);
});

test('it asks for what comes after its place, and keeps it where nothing came', async () => {
  const { told, place, query } = await watched('40', (response) => void response.end());
  expect({ told, place, from: query?.get('resourceVersion') }).toEqual({ told: [], place: '40', from: '40' });
});

test.each<[string, (response: ServerResponse) => void]>([
  ['the answer', (response) => void response.writeHead(410).end('{"code":410}')],
  [
    'the stream',
    (response) => void response.end(change('ERROR', '', { kind: 'Status', code: 410, reason: 'Expired' })),
  ],
])('a place that is forgotten, as %s says, is begun anew', async (_name, respond) => {
  expect(await watched('40', respond)).toMatchObject({ told: [], place: undefined });
});

test('a line and a letter that are cut anywhere are put together', async () => {
  const bytes = Buffer.from(change('ADDED', '7', { message: 'Größe' }));
  const { told } = await watched(undefined, (response) => {
    const half = bytes.indexOf('ö') + 1;
    response.write(bytes.subarray(0, half), () => setImmediate(() => response.end(bytes.subarray(half))));
  });
  expect(told).toMatchObject([{ object: { message: 'Größe' } }]);
});

test('a last line without its end is left to the next watch', async () => {
  const { told, place } = await watched('5', (response) => {
    response.end(`${change('ADDED', '7')}${change('ADDED', '8').slice(0, 20)}`);
  });
  expect({ told: told.length, place }).toEqual({ told: 1, place: '7' });
});

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  ['a refusal', (response) => void response.writeHead(403).end(), /answered 403 to "watch events/],
  [
    'an error',
    (response) => void response.end(change('ERROR', '', { code: 500, message: 'etcd is away' })),
    /etcd is away/,
  ],
  ['no JSON', (response) => void response.end('<html>\n'), /JSON/],
])('%s is a fault', async (_name, respond, sentence) => {
  await expect(watched(undefined, respond)).rejects.toThrow(sentence);
});
