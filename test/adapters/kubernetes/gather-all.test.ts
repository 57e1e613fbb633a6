import { expect, it } from 'vitest';
import type { Api, ApiRequest } from '../../../src/adapters/kubernetes/client/api.ts';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { readOnce } from '../../../src/adapters/kubernetes/facts/gather-all.ts';
import type { Action } from '../../../src/domain/action.ts';
import { createSimulatedCluster } from '../../../src/simulator/cluster.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';
import { silentLog } from '../../fixtures/log.ts';
import { unhurried } from '../../support/unhurried.ts';

const { signal } = new AbortController();
const services = resourceOf('Service', { namespace: 'shop' });
const read = (more: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'GET',
  resource: services,
  signal,
  ...more,
});

const restart = (name: string): Action => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace: 'shop', name },
});

/** An API server that answers each request with its number, or fails as long as it is told to. */
function counting(failures = 0) {
  let asked = 0;
  const api: Api = async () => {
    asked += 1;
    if (asked <= failures) throw new ClusterFault(`no answer to ${asked}`);
    return { kind: 'ok', status: 200, body: { asked }, warnings: [] };
  };
  return { api: readOnce(api), asked: () => asked };
}

it('asks once for what is asked for twice, also at the same time', async () => {
  const { api, asked } = counting();
  const [first, second] = await Promise.all([api(read()), api(read())]);
  expect(second).toBe(first);
  expect(await api(read())).toBe(first);
  expect(asked()).toBe(1);
});

it.each<[string, ApiRequest]>([
  ['of another namespace', read({ resource: resourceOf('Service', { namespace: 'payments' }) })],
  ['of another kind', read({ resource: resourceOf('Pod', { namespace: 'shop' }) })],
  ['with a selector', read({ query: { labelSelector: 'app=web' } })],
  ['of a kind that may be missing', read({ mayBeAbsent: true })],
  ['as text', read({ text: true })],
])('a list %s is another one', async (_name, other) => {
  const { api, asked } = counting();
  await api(read());
  await api(other);
  expect(asked()).toBe(2);
});

const metadata = read({ metadataOnly: true });

it.each<[string, readonly ApiRequest[], number]>([
  ['of a list that was read whole is taken from it', [read(), metadata], 1],
  ['is not the whole of it', [metadata, read()], 2],
  ['is not that of a selection', [read({ query: { labelSelector: 'app=web' } }), metadata], 2],
])('the metadata %s', async (_name, requests, times) => {
  const { api, asked } = counting();
  for (const request of requests) await api(request);
  expect(asked()).toBe(times);
});

it('asks for the metadata by itself where the whole list did not come', async () => {
  const { api, asked } = counting(1);
  const [whole, those] = await Promise.allSettled([api(read()), api(metadata)]);
  expect([whole.status, those.status]).toEqual(['rejected', 'fulfilled']);
  expect(asked()).toBe(2);
});

it('never keeps what is written', async () => {
  const { api, asked } = counting();
  await api(read({ method: 'PATCH' }));
  await api(read({ method: 'PATCH' }));
  expect(asked()).toBe(2);
});

it('asks again for what failed', async () => {
  const { api, asked } = counting(1);
  const together = [api(read()), api(read())];
  for (const each of together) await expect(each).rejects.toThrow('no answer to 1');
  expect(await api(read())).toMatchObject({ body: { asked: 2 } });
  expect(asked()).toBe(2);
});

it('looks at several objects of a cluster with one set of lists', async () => {
  const paths: string[] = [];
  const server = await createSimulatedCluster({ scenario: true, onRequest: ({ path }) => paths.push(path) });
  const connection = plainConnection(server.url);
  const cluster = createCluster({ name: 'sandbox', connection, log: silentLog, ...unhurried });
  const actions = ['web', 'cart', 'checkout', 'recommendations', 'web'].map((name) => restart(name));
  const looks = await cluster.gather(actions, signal);
  await cluster.close();
  await server.stop();
  expect(looks.map(({ kind }) => kind)).toEqual(actions.map(() => 'facts'));
  const times = (end: string) => paths.filter((path) => path.endsWith(end)).length;
  expect([times('/namespaces/shop/services'), times('/validatingwebhookconfigurations')]).toEqual([1, 1]);
  expect([times('/deployments/web'), times('/deployments/cart')]).toEqual([1, 1]);
});
