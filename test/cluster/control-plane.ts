import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binaries } from './build.ts';
import { buildControlPlane } from './build.ts';
import type { Identity, User } from './credentials.ts';
import {
  identityOf,
  mintIdentities,
  writeKubeconfig,
  writeServiceAccountKeys,
  writeTokens,
} from './credentials.ts';
import type { Daemons } from './daemons.ts';
import { overseeDaemons } from './daemons.ts';
import type { Ports } from './flags.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags, kwokFlags, schedulerFlags } from './flags.ts';
import { runKubectl } from './kubectl.ts';
import { stageConfiguration } from './stages.ts';

/** Where a running control plane is. Plain data, so that vitest can hand it to the test files. */
export type ControlPlaneAddress = {
  /** Such as `https://127.0.0.1:20123`. */
  readonly url: string;
  /** PEM certificates that sign the API server's own; also inside every kubeconfig. */
  readonly ca: string;
  /** The kubeconfig of the administrator (group system:masters). */
  readonly kubeconfigPath: string;
  readonly adminToken: string;
  /** The kubectl of the same release as the API server. */
  readonly kubectlPath: string;
  /** All users with their tokens and kubeconfigs; see `identityOf`. */
  readonly identities: readonly Identity[];
  /** One JSON event (audit.k8s.io/v1) for each write of a user, refused ones too, without the request body. */
  readonly auditLogPath: string;
};

export type ControlPlane = ControlPlaneAddress & {
  /** The bearer token of a user. */
  token(user: User): string;
  /** Kills the daemons (kwok, scheduler, controller manager, API server, etcd) and removes all their data. */
  stop(): Promise<void>;
};

/** The cluster's own components: what they write all the time is of no interest to a test. */
const components = ['system:apiserver', 'system:kube-scheduler', 'system:kube-controller-manager', 'kwok'];

/** Writes alone, with who asked, in whose name, and the answer. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: components },
    { level: 'None', userGroups: ['system:serviceaccounts'] },
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
  ],
};

/**
 * Starts a real Kubernetes control plane on free ports of 127.0.0.1 and an empty data folder: etcd, kube-apiserver,
 * kube-controller-manager, kube-scheduler, and kwok in the place of the kubelets of the ready nodes `node-0..2`.
 *
 * Pods run at once, unless their image tag asks for a failure (see stages/). Resolves when the nodes are ready:
 * about five seconds, and minutes more when the programs must be built first. When the calling process dies, the
 * daemons die too. Throws with the last lines of its log when a daemon ends, after tidying up.
 */
export async function startControlPlane(): Promise<ControlPlane> {
  const binaries = await buildControlPlane();
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-cluster-'));
  const daemons = overseeDaemons(folder);
  try {
    const address = await startDaemons(daemons, binaries, folder);
    return { ...address, token: (user) => identityOf(address.identities, user).token, stop: daemons.stop };
  } catch (fault) {
    await daemons.stop();
    throw fault;
  }
}

async function startDaemons(
  daemons: Daemons,
  binaries: Binaries,
  folder: string,
): Promise<ControlPlaneAddress> {
  const ports = { etcd: await freePort(), etcdPeer: await freePort(), api: await freePort() };
  const identities = mintIdentities(folder);
  const keys = writeServiceAccountKeys(folder);
  const ca = await startApiServer(daemons, binaries, folder, ports, {
    ...keys,
    tokens: writeTokens(folder, identities),
  });
  const url = `https://127.0.0.1:${ports.api}`;
  for (const identity of identities) writeKubeconfig(identity, { url, ca });
  const kubeconfigOf = (user: User) => identityOf(identities, user).kubeconfigPath;
  const admin = identityOf(identities, 'admin');
  const kubectl = { path: binaries.kubectl, kubeconfigPath: admin.kubeconfigPath };
  await daemons.until('the API server is ready', () => succeeds(kubectl, ['get', '--raw', '/readyz']), 60);

  const controllerManager = kubeconfigOf('system:kube-controller-manager');
  const stages = join(folder, 'stages.yaml');
  writeFileSync(stages, stageConfiguration(binaries.kwokStages));
  daemons.start({
    name: 'kube-controller-manager',
    file: binaries['kube-controller-manager'],
    args: controllerManagerFlags(folder, controllerManager, keys.signing),
  });
  const scheduler = schedulerFlags(kubeconfigOf('system:kube-scheduler'));
  daemons.start({ name: 'kube-scheduler', file: binaries['kube-scheduler'], args: scheduler });
  daemons.start({ name: 'kwok', file: binaries.kwok, args: kwokFlags(kubeconfigOf('kwok'), stages) });
  await daemons.until('the nodes are created', () => succeeds(kubectl, ['apply', '-f', '-'], nodes()), 30);
  const readyNodes = ['wait', 'node', '--all', '--for=condition=Ready', '--timeout=5s'];
  await daemons.until('the nodes are ready', () => succeeds(kubectl, readyNodes), 60);
  // A namespace without its default service account is one the controllers have not begun with.
  const controllersWork = ['get', 'serviceaccount', 'default', '--namespace=default'];
  await daemons.until('the controllers work', () => succeeds(kubectl, controllersWork), 60);

  const auditLogPath = join(folder, 'audit.log');
  const { kubeconfigPath, token: adminToken } = admin;
  return { url, ca, kubeconfigPath, adminToken, kubectlPath: binaries.kubectl, identities, auditLogPath };
}

/** Starts etcd and the API server, and returns the certificates that the API server made for itself. */
async function startApiServer(
  daemons: Daemons,
  binaries: Binaries,
  folder: string,
  ports: Ports,
  files: { tokens: string; signing: string; verifying: string },
): Promise<string> {
  const policy = join(folder, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify(auditPolicy));
  daemons.start({ name: 'etcd', file: binaries.etcd, args: etcdFlags(folder, ports) });
  const flags = apiServerFlags(folder, ports, { ...files, auditPolicy: policy });
  daemons.start({ name: 'kube-apiserver', file: binaries['kube-apiserver'], args: flags });
  const certificate = join(folder, 'certificates', 'apiserver.crt');
  const written = () =>
    Promise.resolve(existsSync(certificate) && existsSync(certificate.replace(/crt$/, 'key')));
  await daemons.until('the API server has signed its certificate', written, 60);
  return readFileSync(certificate, 'utf8');
}

async function succeeds(
  kubectl: { path: string; kubeconfigPath: string },
  args: readonly string[],
  stdin?: string,
): Promise<boolean> {
  return (await runKubectl(kubectl, args, stdin)).code === 0;
}

/** Three nodes in three zones, each with room for 110 pods; kwok fills in the rest of their status. */
function nodes(): string {
  const resources = { cpu: '8', memory: '32Gi', pods: '110' };
  const node = (name: string, zone: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } },
    status: { capacity: resources, allocatable: resources },
  });
  const items = [node('node-0', 'zone-a'), node('node-1', 'zone-b'), node('node-2', 'zone-c')];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/**
 * A port of 127.0.0.1 that nobody listens on. It is below the range from which systems take ports for outgoing
 * connections and for "any free port" (32768 up on Linux), so no other test takes it before the daemon does.
 */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port on 127.0.0.1 between 20000 and 30000 in 50 attempts.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
