import { join } from 'node:path';
import { pino } from 'pino';
import { plainConnection } from '../../adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../adapters/kubernetes/cluster.ts';
import { loadPlaybooks, loadPolicy } from '../../config.ts';
import { kubernetesCluster, type Parts } from '../../main.ts';
import { databaseIn, examples, sandboxPolicy } from './folder.ts';
import { sandboxChannel } from './local-slack.ts';
import type { UsedCluster } from './simulated-cluster.ts';

/** What all faces of the sandbox share: storage, policy, playbooks and a cluster. */
export interface SandboxEnvironment {
  readonly parts: Omit<Parts, 'face'>;
  /** Where the simulated cluster listens; absent with a real one. */
  readonly address: { readonly clusterUrl?: string };
  close(): Promise<void>;
}

/** The bearer token of the sandbox's Alertmanager webhook; it listens on this machine only. */
export const alertToken = 'sandbox-alert-token';

/** The same of its API. */
export const apiToken = 'sandbox-api-token';

/**
 * @param options.kubeconfig path of the kubeconfig of a real cluster; absent for the simulated one
 * @param options.openCluster opens the simulated one
 */
export async function openSandboxEnvironment(
  folder: string,
  {
    kubeconfig,
    logLevel,
    openCluster,
  }: {
    readonly kubeconfig?: string;
    readonly logLevel: string;
    readonly openCluster: () => Promise<UsedCluster>;
  },
): Promise<SandboxEnvironment> {
  const simulated = kubeconfig === undefined ? await openCluster() : undefined;
  return {
    parts: {
      database: { kind: 'embedded', dataDir: databaseIn(folder) },
      channel: sandboxChannel,
      policy: loadPolicy(sandboxPolicy),
      playbooks: loadPlaybooks(join(examples, 'playbooks')),
      alertTokens: { alertmanager: alertToken },
      apiToken,
      log: pino({ level: logLevel }),
      cluster:
        simulated === undefined
          ? kubernetesCluster(kubeconfig === undefined ? {} : { kubeconfig })
          : async (log) =>
              createCluster({
                name: 'sandbox',
                connection: plainConnection(simulated.url),
                log,
                // Made anew after a stop, and what was begun in the last one goes on in it.
                identity: 'sandbox',
              }),
    },
    address: simulated === undefined ? {} : { clusterUrl: simulated.url },
    close: async () => simulated?.stop(),
  };
}
