import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createApi } from '../../../src/adapters/kubernetes/client/api.ts';
import { plainConnection, pool } from '../../../src/adapters/kubernetes/client/connection.ts';
import { resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { apply } from '../../../src/adapters/kubernetes/writes/write.ts';
import type { Call } from '../../../src/domain/plan.ts';
import { eventually } from '../../support/hang-guard.ts';
import { unhurried } from '../../support/unhurried.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An API server that answers a GET when it is let, and anything else at once. */
async function openServer() {
  const written: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') return void held.push(response);
    written.push(request.method ?? '');
    response.end('{"metadata":{"name":"web","uid":"u1","generation":2,"resourceVersion":"5"}}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const connection = plainConnection(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  ends.push(async () => {
    for (const response of held.splice(0)) response.end('{"items":[]}');
    await connection.close();
    server.close();
  });
  return { written, held, api: createApi('test', connection, unhurried.deadlineMs) };
}

const call: Call = {
  kind: 'patch',
  ref: { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'web' },
  operations: [{ op: 'replace', path: '/spec/paused', value: true }],
  recognise: { kind: 'fields', uid: 'u1', fields: [{ path: '/spec/paused', value: true }] },
  sentence: 'Pause it.',
};
const signal = new AbortController().signal;

test('what may be written is written', async () => {
  const { api, written } = await openServer();
  expect(await apply(api, call, 'firebreak/1', signal, () => undefined)).toMatchObject({ kind: 'applied' });
  expect(written).toEqual(['PATCH']);
});

test('behind a closed fence nothing is sent, and nothing is read to find out', async () => {
  const { api, written, held } = await openServer();
  const late = await apply(api, call, 'firebreak/1', signal, () => 'too late');
  expect(late).toEqual({ kind: 'late', reason: 'too late' });
  expect([written, held]).toEqual([[], []]);
});

test('the fence is asked when a connection is free, not when the call is made', async () => {
  const { api, written, held } = await openServer();
  // Every connection of the pool is busy.
  const reads = Array.from({ length: pool.connections }, () =>
    api({ method: 'GET', resource: resourceOf('Namespace'), signal }),
  );
  await eventually(() => expect(held).toHaveLength(pool.connections));
  let reason: string | undefined;
  let asked = 0;
  const applied = apply(api, call, 'firebreak/1', signal, () => {
    asked += 1;
    return reason;
  });
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
  expect(asked).toBe(0);
  reason = 'it took too long';
  for (const response of held.splice(0)) response.end('{"items":[]}');
  expect(await applied).toEqual({ kind: 'late', reason });
  await Promise.all(reads);
  expect(written).toEqual([]);
  // The connections that were kept alive are asked about as well.
  expect(await apply(api, call, 'firebreak/1', signal, () => reason)).toEqual({ kind: 'late', reason });
  expect(await apply(api, call, 'firebreak/1', signal, () => undefined)).toMatchObject({ kind: 'applied' });
  expect(written).toEqual(['PATCH']);
});
