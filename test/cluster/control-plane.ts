import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from './api-server.ts';
import { buildControlPlane } from './build.ts';
import { createNodes, startControllers } from './controllers.ts';
import type { Identity, User } from './credentials.ts';
import { identityOf } from './credentials.ts';
import { overseeDaemons } from './daemons.ts';

/** Where a running control plane is. Plain data, so that vitest can hand it to the test files. */
export type ControlPlaneAddress = {
  /** Such as `https://127.0.0.1:20123`. */
  readonly url: string;
  /** PEM: what a client must trust; also inside every kubeconfig. */
  readonly ca: string;
  /** The kubeconfig of the administrator (group system:masters). */
  readonly kubeconfigPath: string;
  readonly adminToken: string;
  /** The kubectl of the same release as the API server. */
  readonly kubectlPath: string;
  /** All users with their tokens and kubeconfigs; see `identityOf`. */
  readonly identities: readonly Identity[];
  /** One JSON event (audit.k8s.io/v1) a line for each write of a user, refused ones too, without the request body. */
  readonly auditLogPath: string;
};

export type ControlPlane = ControlPlaneAddress & {
  /** The bearer token of a user. */
  token(user: User): string;
  /** Kills the daemons (kwok, scheduler, controller manager, API server, etcd) and removes all their data. */
  stop(): Promise<void>;
};

/**
 * Starts a real Kubernetes control plane on free ports of 127.0.0.1 and an empty data folder: etcd, kube-apiserver,
 * kube-controller-manager, kube-scheduler, and kwok in the place of the kubelets of the nodes `node-0` to `node-2`.
 *
 * Pods run at once, unless their image tag asks for a failure (see stages/). Resolves when the nodes are ready: in
 * about five seconds, and minutes later when the programs must be built first. When the calling process dies, the
 * daemons die too. Throws with the last lines of its log when a daemon ends early, after tidying up.
 */
export async function startControlPlane(): Promise<ControlPlane> {
  const binaries = await buildControlPlane();
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-cluster-'));
  const daemons = overseeDaemons(folder);
  try {
    const server = await startApiServer(daemons, binaries, folder);
    startControllers(daemons, binaries, folder, server);
    await createNodes(daemons, binaries, server);
    const { url, ca, identities, auditLogPath } = server;
    const { kubeconfigPath, token: adminToken } = identityOf(identities, 'admin');
    const address = {
      url,
      ca,
      kubeconfigPath,
      adminToken,
      kubectlPath: binaries.kubectl,
      identities,
      auditLogPath,
    };
    return { ...address, token: (user) => identityOf(identities, user).token, stop: daemons.stop };
  } catch (fault) {
    await daemons.stop();
    throw fault;
  }
}
