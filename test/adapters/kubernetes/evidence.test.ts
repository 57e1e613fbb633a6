import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
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
  // The servers first: what one of them never answers is waited for by who asks.
  for (const end of ends.splice(0)) await end();
});

/** An API server that answers like the simulated one, and to paths that match not at all. */
const silentFor = (paths: RegExp): Promise<string> => answering(paths);

/** The same that answers with this text to paths that match; without one, not at all. */
async function answering(paths: RegExp, text?: string): Promise<string> {
  const held: ServerResponse[] = [];
  const server = createServer(async ({ url = '' }, response) => {
    if (paths.test(url)) {
      if (text === undefined) return void held.push(response);
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    }
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

const podList = z.looseObject({
  items: z.array(z.looseObject({ metadata: z.looseObject({}), status: z.looseObject({}) })),
});

/** So many pods as there are entries, each of which waits for that reason or is ready; otherwise as the simulated ones. */
async function podsWith(reasons: readonly (string | undefined)[]): Promise<string> {
  const path = '/api/v1/namespaces/shop/pods';
  const list = podList.parse(await (await fetch(`${simulated.url}${path}`)).json());
  const [any] = list.items;
  const items = reasons.map((reason, index) => ({
    ...any,
    metadata: { ...any?.metadata, name: `web-${index}`, uid: `uid-${index}` },
    status: {
      ...any?.status,
      conditions: [{ type: 'Ready', status: reason === undefined ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'web',
          ready: reason === undefined,
          restartCount: reason === undefined ? 0 : 1,
          state: reason === undefined ? { running: {} } : { waiting: { reason } },
        },
      ],
    },
  }));
  return answering(/^\/api\/v1\/namespaces\/shop\/pods(\?|$)/, JSON.stringify({ ...list, items }));
}

test.each([
  [[undefined], 'Its pod is ready.'],
  [['Crash'], 'Its pod is not ready: Crash, 1 restart in all.'],
  [[undefined, 'Crash'], '1 of 2 pods is not ready: Crash, 1 restart in all.'],
  [['Crash', 'Crash'], '2 of 2 pods are not ready: Crash × 2, 2 restarts in all.'],
])('of pods %j it says: %s', async (reasons, said) => {
  const cluster = clusterAt(await podsWith(reasons));
  expect((await cluster.evidence(target, signal)).pods).toEqual([said]);
});

test('pods and why they fail, what they said last, the images before and after, and who wrote them', async () => {
  const cluster = clusterAt(simulated.url);
  await eventually(async () => {
    const { pods } = await cluster.evidence(target, signal);
    expect(pods[0]).toMatch(
      /^(\d of \d pods (is|are)|Its pod is) not ready: CrashLoopBackOff.*, \d+ restarts in all\.$/,
    );
  });
  const seen = await cluster.evidence(target, signal);
  expect(seen.story).toContain('last ended: Error, exit code 1');
  expect(seen.images).toEqual([`Container web runs ${image('crash')}, before that ${image('1.0.0')}.`]);
  expect(seen.changes.join()).toMatch(/^(Deployment\/web in shop was written by .+ at \d{4}-.+\.)?$/);
  expect(seen.missing).toEqual([]);
});

test('what does not answer in time is named, and holds up nothing else', async () => {
  const seen = await clusterAt(await silentFor(/\/events/)).evidence(target, signal);
  expect(seen.missing).toContain('events: no answer within 3 s');
  // On a busy machine the logs may be late, too: each is named by itself.
  const isLate = seen.missing.some((each) => each.startsWith('logs: '));
  expect(seen.story.includes('last ended: Error, exit code 1')).toBe(!isLate);
  expect(seen.images).toHaveLength(1);
  expect(shortEvidence(seen).at(-1)).toMatch(/^Not seen: .*events: no answer within 3 s$/);
});

test('of what is not there it says so', async () => {
  const seen = await clusterAt(simulated.url).evidence({ ...target, name: 'nobody' }, signal);
  expect(seen.pods).toEqual(['Deployment/nobody in shop is not there.']);
  expect(seen.missing).toHaveLength(2);
});

test('of a node it says how it is, and nothing of pods', async () => {
  const node = { kind: 'Node', name: 'sick-1' } as const;
  simulated.apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'sick-1' },
    spec: { unschedulable: true, taints: [{ key: 'example.com/drain', effect: 'NoSchedule' }] },
    status: {
      conditions: [
        { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' },
        { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' },
        { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' },
      ],
    },
  });
  const { pods } = await clusterAt(simulated.url).evidence(node, signal);
  expect(pods.join(' ')).toMatch(
    /^The node is not ready.* It is cordoned\. Taints: .*example\.com\/drain:NoSchedule/,
  );
  expect(pods.join(' ')).toContain('DiskPressure is True: KubeletHasDiskPressure.');
  expect(pods.join(' ')).not.toMatch(/MemoryPressure|no pods/);
  expect((await clusterAt(simulated.url).evidence({ kind: 'Node', name: 'gone' }, signal)).pods).toEqual([
    'Node/gone is not there.',
  ]);
});
