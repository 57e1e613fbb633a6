import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createSimulatedCluster } from '../../simulator/cluster.ts';
import { startCompanion } from './companion.ts';
import { freePort } from './tcp-ports.ts';

/** A simulated cluster that somebody uses. */
export interface UsedCluster {
  readonly url: string;
  stop(): Promise<void>;
}

/** In this process: for a script, which nobody goes on with. */
export const openClusterHere = (): Promise<UsedCluster> => createSimulatedCluster({ scenario: true });

const program = resolve(import.meta.dirname, '../../simulator/program.ts');

/** Milliseconds between two requests, by which it knows that it is still used. */
const askedEvery = 60_000;

/**
 * As a process of its own, which is still there with all that was changed in it when this process was killed, and is found
 * again by the next start in the same folder.
 *
 * @throws Error with one sentence when it does not answer in time
 */
export async function openClusterBeside(folder: string): Promise<UsedCluster> {
  const dir = join(folder, 'cluster');
  await mkdir(dir, { recursive: true });
  const { url, stop } = await startCompanion({
    name: 'The simulated cluster',
    file: process.execPath,
    args: (port) => [program, String(port)],
    health: '/readyz',
    traces: join(dir, 'running.json'),
    wanted: undefined,
    choosePort: freePort,
  });
  const asking = setInterval(() => void fetch(`${url}/readyz`).catch(() => undefined), askedEvery);
  asking.unref();
  return {
    url,
    stop: async () => {
      clearInterval(asking);
      stop();
    },
  };
}
