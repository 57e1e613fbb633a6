import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import { type Connection, ConnectionError, pool, tcpKeepAlive } from './connection.ts';

/** Where the kubelet mounts a pod's own credentials (kubernetes.io, "Accessing the Kubernetes API from a Pod"). */
const mount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Milliseconds. The kubelet renews the token long before it ends; client-go reads it again as often (transport/token_source.go). */
const readAgainAfter = 60_000;

/** The address of the API server, as the kubelet tells it to every container. */
export interface InPod {
  /** `KUBERNETES_SERVICE_HOST`: a name or an address, IPv6 without brackets. */
  readonly host: string;
  /** `KUBERNETES_SERVICE_PORT`. */
  readonly port: number;
  /** The folder of the mounted credentials; the kubelet's if absent. */
  readonly folder?: string;
}

interface Credentials {
  readonly token: string;
  readonly ca: string;
  readonly readAt: number;
}

/**
 * Connects as the service account of the pod that this process runs in, without `@kubernetes/client-node`: a token, an
 * authority and an address need none of it. The mounted files are read again every minute and after a 401, as tokens
 * are renewed under a running process; a new authority gets new connections.
 *
 * @throws ConnectionError when the credentials are not mounted
 */
export async function connectFromServiceAccount({ host, port, folder = mount }: InPod): Promise<Connection> {
  let held: Credentials | undefined = await credentialsIn(folder);
  let trusted = held.ca;
  let dispatcher = agentFor(trusted);
  const current = async (): Promise<Credentials> => {
    if (held !== undefined && performance.now() - held.readAt < readAgainAfter) return held;
    held = await credentialsIn(folder);
    if (held.ca === trusted) return held;
    trusted = held.ca;
    // Requests under way are finished first; new ones go to the new pool.
    dispatcher.close().catch(() => undefined);
    dispatcher = agentFor(trusted);
    return held;
  };
  return {
    cluster: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    headers: async () => ({ Authorization: `Bearer ${(await current()).token}` }),
    get dispatcher() {
      return dispatcher;
    },
    renew: () => {
      held = undefined;
    },
    close: () => dispatcher.close(),
  };
}

const agentFor = (ca: string): Agent => new Agent({ ...pool, connect: { ...tcpKeepAlive, ca } });

async function credentialsIn(folder: string): Promise<Credentials> {
  // In turn: where both are missing, the sentence names the token, whichever read ends first.
  const token = await mounted(folder, 'token');
  const ca = await mounted(folder, 'ca.crt');
  return { token, ca, readAt: performance.now() };
}

async function mounted(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConnectionError(
      `The service account's ${file} cannot be read: mount it (automountServiceAccountToken), or set KUBECONFIG.`,
      cause,
    );
  });
  if (content.trim() !== '') return content.trim();
  throw new ConnectionError(`The service account's ${file} is empty.`);
}
