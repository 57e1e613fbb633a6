import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { createClusters, type OpenClusters } from '../../../src/adapters/kubernetes/clusters.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../src/simulator/cluster.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';

let simulated: SimulatedCluster;
/** Takes every connection and answers nothing. */
let silent: Server;
const opened: { close(): Promise<void> }[] = [];
let clusters: OpenClusters | undefined;

beforeAll(async () => {
  simulated = await createSimulatedCluster();
  silent = createServer(() => undefined);
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  await clusters?.stop();
  await Promise.all(opened.splice(0).map((each) => each.close()));
});
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await simulated?.stop();
});

function port(name: string, url: string): KubernetesCluster {
  const made = createCluster({ name, connection: plainConnection(url), log: silentLog, deadlineMs: 60_000 });
  opened.push(made);
  return made;
}

function silentUrl(): string {
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return `http://127.0.0.1:${address.port}`;
}

const signal = AbortSignal.timeout(60_000);

function open(...ports: readonly [KubernetesCluster, ...KubernetesCluster[]]): OpenClusters {
  clusters = createClusters(ports, {
    places: 2,
    log: silentLog,
    clock: () => noon,
    lookEvery: 20,
    patience: 1_000,
  });
  return clusters;
}

/** Resolves when each cluster is of this health. */
async function become(all: OpenClusters, kinds: Readonly<Record<string, string>>): Promise<void> {
  for (;;) {
    if (all.health().every(({ name, kind }) => kinds[name] === kind)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('one of several hangs', () => {
  test('it is away, and what is asked of it fails at once; the other answers', async () => {
    const all = open(port('eu', simulated.url), port('us', silentUrl()));
    const [eu, us] = all.all;
    await become(all, { eu: 'reachable', us: 'away' });
    const away = await us?.gather([], signal).catch((fault: unknown) => fault);
    expect(away).toBeInstanceOf(ClusterFault);
    expect(String(away)).toContain('The cluster us has not answered since 12:00 UTC: ');
    await expect(us?.identity(signal)).rejects.toBeInstanceOf(ClusterFault);
    await expect(eu.identity(signal)).resolves.toEqual(expect.any(String));
  });

  test('it comes back by itself', async () => {
    let url = silentUrl();
    const us = port('us', url);
    const back = port('us', simulated.url);
    const moving = {
      ...us,
      checkReachable: (until: AbortSignal) => (url === '' ? back : us).checkReachable(until),
      identity: (until: AbortSignal) => (url === '' ? back : us).identity(until),
    };
    const all = open(port('eu', simulated.url), moving);
    await become(all, { eu: 'reachable', us: 'away' });
    url = '';
    // The one behind it is the same simulated cluster: it answers, and is told apart no more.
    await become(all, { eu: 'reachable', us: 'reachable' });
  });
});

test('the same cluster under two names is asked for nothing under the second', async () => {
  const all = open(port('eu', simulated.url), port('eu-again', simulated.url));
  const [eu, again] = all.all;
  await become(all, { eu: 'reachable', 'eu-again': 'reachable' });
  await expect(eu.identity(signal)).resolves.toEqual(expect.any(String));
  await expect(again?.identity(signal)).rejects.toThrow(
    /^The clusters eu and eu-again are one and the same .*: configure it once\.$/,
  );
  await expect(again?.gather([], signal)).rejects.toBeInstanceOf(ClusterFault);
});

test('each has its own places, and gives them back', () => {
  const all = open(port('eu', simulated.url), port('us', simulated.url));
  const [first, second] = [all.enter('us'), all.enter('us')];
  expect([first, second, all.enter('us')]).toEqual([expect.any(Function), expect.any(Function), undefined]);
  expect(all.enter('eu')).toEqual(expect.any(Function));
  first?.();
  expect(all.enter('us')).toEqual(expect.any(Function));
  expect(all.enter('us')).toBeUndefined();
});
