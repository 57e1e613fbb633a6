import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, createApi } from '../../../src/adapters/kubernetes/client/api.ts';
import { type Connection, plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createRememberedReads } from '../../../src/adapters/kubernetes/client/remembered-reads.ts';
import { pathOf, resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { gatherAll } from '../../../src/adapters/kubernetes/facts/gather-all.ts';
import type { Action } from '../../../src/domain/action.ts';
import { createSimulatedCluster } from '../../../src/simulator/cluster.ts';
import type { Gathered } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';

const { signal } = new AbortController();

let server: Awaited<ReturnType<typeof createSimulatedCluster>>;
let connection: Connection;
beforeAll(async () => {
  server = await createSimulatedCluster({ scenario: true });
  connection = plainConnection(server.url);
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

/** Holds up what is asked until nothing more comes, and sends it together: what had to wait for an answer is a wave more. */
function inWaves(api: Api) {
  const waves: string[][] = [];
  let waiting: (() => Promise<void>)[] = [];
  let paths: string[] = [];
  const release = async () => {
    let before = -1;
    while (before !== waiting.length) {
      before = waiting.length;
      await new Promise((later) => setImmediate(later));
    }
    waves.push(paths);
    const now = waiting;
    [waiting, paths] = [[], []];
    await Promise.all(now.map((send) => send()));
  };
  const held: Api = (request) => {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Api>>>();
    if (waiting.length === 0) void release();
    paths.push(pathOf(request.resource));
    waiting.push(() => api(request).then(resolve));
    return promise;
  };
  return { api: held, waves };
}

function looking() {
  const memory = { absent: new Map(), reads: createRememberedReads() };
  return async (action: Action, isRemembering = true) => {
    const { api, waves } = inWaves(createApi('sandbox', connection, 60_000));
    const known = isRemembering ? memory : { absent: new Map(), reads: createRememberedReads() };
    const context = { cluster: 'sandbox', api, now: () => noon, budgetMs: 60_000, ...known };
    const [seen] = await gatherAll(context, [action], signal);
    return { seen, waves };
  };
}

const deployment = (name: string) => ({ kind: 'Deployment', namespace: 'shop', name }) as const;
const actions: readonly Action[] = [
  { verb: 'rollout restart', target: deployment('web') },
  { verb: 'rollout undo', target: deployment('web') },
  { verb: 'scale', target: deployment('web'), replicas: 9 },
  { verb: 'scale', target: deployment('web'), replicas: 0 },
  { verb: 'rollout pause', target: deployment('cart') },
];

test.each(actions.map((action) => [`${action.verb} ${action.target.kind}`, action] as const))(
  '%s: the second look has the same facts in one wave',
  async (_name, action) => {
    const look = looking();
    const first = await look(action);
    const second = await look(action);
    const alone = await look(action, false);
    expect(first.waves.length).toBeGreaterThan(1);
    expect(second.waves).toHaveLength(1);
    expect(first.seen?.kind).toBe('facts');
    const text = (seen: Gathered | undefined) => JSON.stringify(seen);
    expect(text(second.seen)).toBe(text(first.seen));
    expect(text(alone.seen)).toBe(text(first.seen));
  },
);

test('of nodes that are read whole the metadata is not asked for besides', async () => {
  const look = looking();
  const nodes = (waves: readonly string[][]) =>
    waves.flat().filter((path) => path === '/api/v1/nodes').length;
  const restart = { verb: 'rollout restart', target: deployment('web') } as const;
  const [first, second] = [await look(restart), await look(restart)];
  expect([nodes(first.waves), nodes(second.waves)]).toEqual([2, 1]);
  const third = await look(restart);
  expect(nodes(third.waves)).toBe(1);
});

test('what has changed since is asked for as ever', async () => {
  const look = looking();
  const action = { verb: 'rollout restart', target: deployment('web') } as const;
  await look(action);
  const cart = { verb: 'rollout restart', target: deployment('cart') } as const;
  const other = await look(cart);
  expect(other.waves.length).toBeGreaterThan(1);
  const { seen } = await look(cart);
  expect(seen).toEqual((await look(cart, false)).seen);
});

const services = resourceOf('Service', { namespace: 'shop' });
const pods = resourceOf('Pod', { namespace: 'shop' });

function noting() {
  const asked: string[] = [];
  const api: Api = async ({ resource }) => {
    asked.push(pathOf(resource));
    return { kind: 'ok', status: 200, body: {}, warnings: [] };
  };
  return { api, asked };
}

test('a look begins with what the last one of the same asked for, and with nothing of others', async () => {
  const reads = createRememberedReads();
  const { api, asked } = noting();
  const first = reads.during('a', api, { signal });
  await first.api({ method: 'GET', resource: services, signal });
  await first.api({ method: 'PATCH', resource: pods, signal });
  first.keep();
  asked.splice(0);
  reads.during('b', api, { signal });
  expect(asked).toEqual([]);
  reads.during('a', api, { signal }).keep();
  expect(asked).toEqual([pathOf(services)]);
  // The last one asked for nothing.
  asked.splice(0);
  reads.during('a', api, { signal });
  expect(asked).toEqual([]);
});

test('the oldest is forgotten', async () => {
  const reads = createRememberedReads(2);
  const { api, asked } = noting();
  for (const of of ['a', 'b', 'c']) {
    const look = reads.during(of, api, { signal });
    await look.api({ method: 'GET', resource: services, signal });
    look.keep();
  }
  asked.splice(0);
  reads.during('a', api, { signal });
  expect(asked).toEqual([]);
  reads.during('c', api, { signal });
  expect(asked).toHaveLength(1);
});

test('that one of them fails is nobody’s fault', async () => {
  const reads = createRememberedReads();
  const failing: Api = () => Promise.reject(new Error('away'));
  const look = reads.during('a', failing, { signal });
  await look.api({ method: 'GET', resource: services, signal }).catch(() => undefined);
  look.keep();
  reads.during('a', failing, { signal });
  await new Promise((later) => setImmediate(later));
});
