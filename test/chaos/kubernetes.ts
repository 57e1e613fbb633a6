import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSimulatedCluster } from '../../src/simulator/cluster.ts';
import { later, manifestsFor, refused } from './commands.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { runAsChild, say } from './own-process.ts';
import { plantSecrets } from './secrets.ts';
import { clusterSettings } from './settings.ts';

/*
 * The cluster of a run, in a process of its own, with the log of its API server: a line for each request that wants to
 * change something. Before it a proxy at which requests go wrong; what the proxy answers itself the API server has not seen.
 */

/** Seconds of simulated time in one second. */
const speed = 10;

/** A look at some hundred workloads takes a tenth of this. Milliseconds. */
const lookEvery = 100;

runAsChild(clusterSettings, async ({ log, seed, targets, faults }) => {
  const file = openSync(log, 'a');
  const cluster = await createSimulatedCluster({
    speed,
    lookEvery,
    onRequest: (line) => void (line.method !== 'GET' && writeSync(file, `${JSON.stringify(line)}\n`)),
  });
  const planted = plantSecrets(seed);
  for (const manifest of manifestsFor(targets, planted)) cluster.apply(manifest);
  await sleep(5 * lookEvery);
  for (const manifest of later) cluster.apply(manifest);
  const proxy = await startFaultProxy({
    before: cluster.url,
    share: faults,
    seed,
    refuses: { path: new RegExp(`/${refused}\\b`), sentence: planted.refusal },
  });
  say({ kind: 'cluster', url: proxy.url });
  return (told) => {
    if (told.kind === 'calm') proxy.calm();
  };
});
