import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { shortEvidence } from '../../../src/domain/incidents/evidence.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../../src/simulator/workloads.ts';
import { silentLog } from '../../fixtures/log.ts';
import { eventually } from '../../support/hang-guard.ts';
import { unhurried } from '../../support/unhurried.ts';

let simulated: SimulatedCluster;
const ends: (() => Promise<unknown>)[] = [];
const target = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const image = (tag: string) => `registry.example/web:${tag}`;
const web = (tag: string) => deployment({ name: 'web', namespace: 'shop', image: image(tag), replicas: 2 });
const signal = new AbortController().signal;

function clusterAt(url: string) {
  const cluster = createCluster({
    name: 'test',
    connection: plainConnection(url),
    log: silentLog,
    ...unhurried,
  });
  ends.push(() => cluster.close());
  return cluster;
}

beforeAll(async () => {
  simulated = await createSimulatedCluster({ speed: 20 });
  ends.push(() => simulated.stop());
  simulated.apply(namespace('shop'));
  simulated.apply(web('1.0.0'));
  const cluster = clusterAt(simulated.url);
  await eventually(async () => {
    expect((await cluster.evidence(target, signal)).pods).toEqual(['All 2 pods are ready.']);
  });
  simulated.apply(web('crash'));
});
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An API server that answers like the simulated one, and to paths that match not at all. */
async function silentFor(paths: RegExp): Promise<string> {
  const held: ServerResponse[] = [];
  const server = createServer(async ({ url = '' }, response) => {
    if (paths.test(url)) return void held.push(response);
    const answer = await fetch(`${simulated.url}${url}`);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

test('pods and why they fail, what they said last, the images before and after, and who wrote them', async () => {
  const cluster = clusterAt(simulated.url);
  await eventually(async () => {
    const { pods } = await cluster.evidence(target, signal);
    expect(pods[0]).toMatch(/^\d of \d pods are not ready: CrashLoopBackOff.*, \d+ restarts in all\.$/);
  });
  const seen = await cluster.evidence(target, signal);
  expect(seen.story).toContain('last ended: Error, exit code 1');
  expect(seen.images).toEqual([`Container web runs ${image('crash')}, before that ${image('1.0.0')}.`]);
  expect(seen.changes.join()).toMatch(/^(Deployment\/web in shop was written by .+ at \d{4}-.+\.)?$/);
  expect(seen.missing).toEqual([]);
});

test('what does not answer in time is named, and holds up nothing else', async () => {
  const seen = await clusterAt(await silentFor(/\/events/)).evidence(target, signal);
  expect(seen.missing).toEqual(['logs and events: no answer within 3 s']);
  expect(seen.story).toBe('');
  expect(seen.images).toHaveLength(1);
  expect(shortEvidence(seen).at(-1)).toBe('Not seen: logs and events: no answer within 3 s');
});

test('of what is not there it says so', async () => {
  const seen = await clusterAt(simulated.url).evidence({ ...target, name: 'nobody' }, signal);
  expect(seen.pods).toEqual(['It has no pods.']);
  expect(seen.missing).toHaveLength(2);
});
