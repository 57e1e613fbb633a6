import { expect, it, test, vi } from 'vitest';
import type { Api, ApiRequest } from '../../../src/adapters/kubernetes/client/api.ts';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { createSharedReads } from '../../../src/adapters/kubernetes/client/shared-reads.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../../src/domain/action.ts';
import { createSimulatedCluster } from '../../../src/simulator/cluster.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';
import { silentLog } from '../../fixtures/log.ts';
import { unhurried } from '../../support/unhurried.ts';

const { signal } = new AbortController();
const pods = (more: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'GET',
  resource: resourceOf('Pod'),
  signal,
  ...more,
});

/** An API server that answers each request with its number, or fails as long as it is told to. */
function counting({ failures = 0, silent = false } = {}) {
  const asked: ApiRequest[] = [];
  let now = 0;
  const api: Api = async (request) => {
    asked.push(request);
    if (silent) await new Promise(() => undefined);
    if (asked.length <= failures) throw new ClusterFault(`no answer to ${asked.length}`);
    return { kind: 'ok', status: 200, body: asked.length, warnings: [] };
  };
  const shared = createSharedReads(() => now);
  const told = () => shared(api, 'all');
  return { look: () => shared(api), told, asked, pass: (milliseconds: number) => (now += milliseconds) };
}

const body = (answer: Awaited<ReturnType<Api>>) => (answer.kind === 'ok' ? answer.body : answer);

it('reads the whole cluster once for looks of one moment', async () => {
  const { look, asked, pass } = counting();
  const together = await Promise.all([look()(pods()), look()(pods())]);
  pass(999);
  expect([...together, await look()(pods())].map(body)).toEqual([1, 1, 1]);
  expect(asked).toHaveLength(1);
});

it('reads it again once a second has passed since it was asked for', async () => {
  const { look, pass } = counting();
  await look()(pods());
  pass(1000);
  expect(body(await look()(pods()))).toBe(2);
});

test.each<[string, ApiRequest]>([
  ['of a namespace', pods({ resource: resourceOf('Pod', { namespace: 'shop' }) })],
  ['by its name', pods({ resource: resourceOf('Node', { name: 'worker-1' }) })],
  ['that is a write', pods({ method: 'POST' })],
])('one %s is never shared', async (_name, request) => {
  const { look, asked } = counting();
  await Promise.all([look()(request), look()(request)]);
  expect(asked).toHaveLength(2);
});

test.each<[string, Partial<ApiRequest>]>([
  ['a selector', { query: { fieldSelector: 'spec.nodeName=worker-1' } }],
  ['nothing but metadata', { metadataOnly: true }],
])('a list with %s is another one', async (_name, more) => {
  const { look, asked } = counting();
  await Promise.all([look()(pods()), look()(pods(more))]);
  expect(asked).toHaveLength(2);
});

const named = pods({ resource: resourceOf('Pod', { namespace: 'shop', name: 'web-1' }) });

it('tells people of what others have read within a second, and asks for it itself after that', async () => {
  const { look, told, asked, pass } = counting();
  const beside = look()(named);
  expect([await told()(named), await beside].map(body)).toEqual([1, 1]);
  pass(999);
  expect(body(await told()(named))).toBe(1);
  pass(1);
  expect(body(await told()(named))).toBe(2);
  expect(body(await look()(named))).toBe(3);
  expect(asked).toHaveLength(3);
});

it('holds what is in a namespace for a moment after its answer, and no longer', async () => {
  vi.useFakeTimers();
  try {
    const { look, told, asked } = counting();
    const web = pods({ resource: resourceOf('Pod', { namespace: 'shop' }) });
    await look()(web);
    await vi.advanceTimersByTimeAsync(99);
    await told()(web);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await told()(web);
    expect(asked).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

it('asks for it itself where the read of the others failed', async () => {
  const { look, told } = counting({ failures: 1 });
  const beside = look()(named);
  const answer = told()(named);
  await expect(beside).rejects.toThrow('no answer to 1');
  expect(body(await answer)).toBe(2);
});

it('asks again for what failed', async () => {
  const { look } = counting({ failures: 1 });
  await expect(look()(pods())).rejects.toThrow('no answer to 1');
  expect(body(await look()(pods()))).toBe(2);
});

it('lets one look leave and goes on reading for the others', async () => {
  const { look, asked } = counting({ silent: true });
  const leaving = new AbortController();
  const left = look()(pods({ signal: leaving.signal }));
  leaving.abort(new Error('the step was given away'));
  await expect(left).rejects.toThrow(ClusterFault);
  expect(asked[0]?.signal.aborted).toBe(false);
  await expect(look()(pods({ signal: leaving.signal }))).rejects.toThrow('Stopped while waiting');
});

it('waits for as long as each look may', async () => {
  const { look, asked } = counting({ silent: true });
  const patient = look()(pods({ timeoutMs: 60_000 }));
  patient.catch(() => undefined);
  await expect(look()(pods({ timeoutMs: 1 }))).rejects.toThrow(
    'The cluster did not answer "list pods" within 0.001 s.',
  );
  expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([undefined]);
});

const restart: Action = {
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace: 'shop', name: 'web' },
};

test('what is proposed shares them, and what decides whether something is sent reads them itself', async () => {
  const paths: string[] = [];
  const server = await createSimulatedCluster({ scenario: true, onRequest: ({ path }) => paths.push(path) });
  const connection = plainConnection(server.url);
  const cluster = createCluster({ name: 'sandbox', connection, log: silentLog, ...unhurried });
  const times = (end: string) => paths.filter((path) => path.endsWith(end)).length;
  await Promise.all([1, 2, 3].map(() => cluster.gather([restart], signal, 'shared')));
  const before = times('/v1/pods');
  // Once, but on a machine that stands still for a second between them.
  expect(before).toBeLessThan(3);
  expect(times('/deployments/web')).toBe(3);
  await cluster.gather([restart], signal);
  await cluster.gather([restart], signal);
  expect([times('/v1/pods') - before, times('/deployments/web')]).toEqual([2, 5]);
  await cluster.close();
  await server.stop();
});
