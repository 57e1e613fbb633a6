import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Api, createApi } from '../../../src/adapters/kubernetes/client/api.ts';
import { readBody, wholeLines } from '../../../src/adapters/kubernetes/client/body.ts';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';

const mebibyte = 1024 * 1024;
const line = `${'x'.repeat(127)}\n`;

interface Pouring {
  readonly api: Api;
  /** Bytes that the network has taken from the server. */
  taken(): number;
}

/** A server that answers everything with so many bytes, as fast as they are read; `head` comes before them. */
async function pouring(
  { status, mebibytes, head = '' }: { status: number; mebibytes: number; head?: string },
  look: (server: Pouring) => Promise<void>,
): Promise<void> {
  let taken = 0;
  const piece = line.repeat(512);
  const pour = async (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).write(head);
    while (taken < mebibytes * mebibyte && !response.destroyed) {
      const isRoom = response.write(piece);
      if (!isRoom) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      if (!response.destroyed) taken += piece.length;
    }
    response.end();
  };
  const server = createServer((_request, response) => void pour(response).catch(() => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port: z.ZodType<Pick<AddressInfo, 'port'>> = z.object({ port: z.number() });
  const connection = plainConnection(`http://127.0.0.1:${port.parse(server.address()).port}`);
  try {
    await look({ api: createApi('test', connection, 60_000), taken: () => taken });
  } finally {
    await connection.close();
    server.closeAllConnections();
    server.close();
  }
}

const { signal } = new AbortController();
const pod = resourceOf('Pod', { namespace: 'shop', name: 'web-1' });

test('a log of 50 MiB is cut where it comes from, at the end of a line', async () => {
  await pouring({ status: 200, mebibytes: 50 }, async ({ api, taken }) => {
    const resource = { ...pod, subresource: 'log' };
    const answer = await api({ method: 'GET', resource, text: true, signal });
    expect(answer).toMatchObject({ kind: 'ok', body: line.repeat(512) });
    // What the kernel has room for on both sides, and no more.
    expect(taken()).toBeLessThan(16 * mebibyte);
  });
});

test('a refusal of 50 MiB is none of an API server, and not read to its end', async () => {
  const head = '{"kind":"Status","reason":"Invalid","message":"';
  await pouring({ status: 422, mebibytes: 50, head }, async ({ api, taken }) => {
    const asked = api({ method: 'PATCH', resource: pod, body: {}, signal });
    await expect(asked).rejects.toThrow('answered 422 to "patch Pod web-1 in namespace shop"');
    expect(taken()).toBeLessThan(24 * mebibyte);
  });
});

test('a list of more than 64 MiB is told, and held by nobody', async () => {
  await pouring({ status: 200, mebibytes: 100 }, async ({ api }) => {
    const asked = api({ method: 'POST', resource: pod, body: {}, signal });
    await expect(asked).rejects.toThrow('with more than 64 MiB, which is more than is read.');
  });
});

async function* chunksOf(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

test.each([
  ['whole', ['ab\n', 'cd'], 5, { text: 'ab\ncd', isWhole: true }, 'ab\ncd'],
  ['cut within a chunk', ['ab\n', 'cd'], 4, { text: 'ab\nc', isWhole: false }, 'ab\n'],
  ['cut between chunks', ['ab\n', 'cd'], 3, { text: 'ab\n', isWhole: false }, 'ab\n'],
  ['cut within its only line', ['abcd'], 3, { text: 'abc', isWhole: false }, ''],
  ['empty', [], 3, { text: '', isWhole: true }, ''],
])('a body that is %s', async (_name, texts, largest, read, lines) => {
  const found = await readBody(chunksOf(...texts), largest);
  expect(found).toEqual(read);
  expect(wholeLines(found)).toBe(lines);
});
