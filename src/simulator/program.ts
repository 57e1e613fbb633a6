import { createSimulatedCluster } from './cluster.ts';

/** Milliseconds between two looks whether anybody still asks. */
const looksEvery = 60_000;

/** Looks without a request after which nobody will come any more: counted, so that a machine that slept ends nothing. */
const mostQuietLooks = 240;

/**
 * The simulated cluster as a process of its own, which goes on when who uses it is killed, as a real one does. It ends when
 * it was asked nothing for four hours: one that is only stopped with Ctrl-Z may ask again.
 *
 * @param port TCP port on 127.0.0.1
 */
export async function runSimulatedCluster(port: number): Promise<void> {
  let quietLooks = 0;
  const cluster = await createSimulatedCluster({
    port,
    scenario: true,
    onRequest: () => {
      quietLooks = 0;
    },
  });
  const looking = setInterval(() => {
    quietLooks += 1;
    if (quietLooks < mostQuietLooks) return;
    clearInterval(looking);
    void cluster.stop();
  }, looksEvery);
}

if (import.meta.main) await runSimulatedCluster(Number(process.argv[2]));
