import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import { z } from 'zod';

/** A way to one API server. `headers()` is asked before each request, then `dispatcher` is read. */
export interface Connection {
  /** The cluster's name in the kubeconfig; `in-cluster` for a service account, `local` for a plain address. */
  readonly cluster: string;
  /** Base URL without a trailing slash; it may have a path (`https://rancher.example/k8s/clusters/c-1`). */
  readonly server: string;
  /** The credentials of this moment as request headers. Throws when a credential plugin or file fails. */
  headers(): Promise<Record<string, string>>;
  /** The pool of kept-alive connections; replaced when certificates are rotated. */
  readonly dispatcher: Dispatcher;
  /** Forgets cached credentials; called after HTTP 401. */
  renew(): void;
  close(): Promise<void>;
}

/** No usable way to a cluster; the message names the file and what would be right. */
export class ConnectionError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ConnectionError';
  }
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * HTTP/2 stays off: one stalled stream must not hold up the other requests of its connection. As many connections as a look
 * has requests side by side, so that none waits for another's answer.
 */
export const pool = { allowH2: false, connections: 32, keepAliveTimeout: 30_000 } as const;

/** Shorter than the idle limit of the usual load balancers (60 s), as in client-go. */
export const tcpKeepAlive = { keepAlive: true, keepAliveInitialDelay: 30_000 } as const;

/** A connection without credentials, over plain HTTP on this machine: the sandbox, or `kubectl proxy`. */
export function plainConnection(url: string): Connection {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' || !loopback.has(hostname)) {
    throw new ConnectionError(
      `${url} is not a plain HTTP address of this machine: it must begin with http://127.0.0.1.`,
    );
  }
  const dispatcher = new Agent(pool);
  return {
    cluster: 'local',
    server: url.replace(/\/+$/, ''),
    headers: () => Promise.resolve({}),
    dispatcher,
    renew: () => undefined,
    close: () => dispatcher.close(),
  };
}

/**
 * Connects as a kubeconfig says (token, client certificate, exec plugin, OIDC).
 * `kubeconfig` is one path or several, joined as in the variable KUBECONFIG.
 *
 * `@kubernetes/client-node` is loaded here and nowhere else: it costs 0.4 s and 56 MiB, also when its
 * configuration module is imported alone (it pulls in the generated clients).
 *
 * Throws `ConnectionError` when there is no configuration, no such context, or no credentials in it.
 */
export async function connectFromKubeconfig(options: {
  readonly kubeconfig: string;
  readonly context?: string;
}): Promise<Connection> {
  const library = await import('@kubernetes/client-node');
  const load = (): KubeConfig => {
    const config = new library.KubeConfig();
    loadInto(config, () => new library.KubeConfig(), options.kubeconfig);
    selectContext(config, options);
    return config;
  };
  const first = load();
  const server = serverOf(first, options.kubeconfig);
  const cluster = first.getCurrentCluster()?.name ?? 'unnamed';
  if (server.startsWith('http:')) return { ...plainConnection(server), cluster };
  return credentialled({ server, cluster }, first, load, async (config) => {
    const context = new library.RequestContext(server, library.HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    return context.getDispatcher();
  });
}

function loadInto(config: KubeConfig, another: () => KubeConfig, kubeconfig: string): void {
  const [first = kubeconfig, ...rest] = kubeconfig.split(delimiter).filter((file) => file !== '');
  loadFile(config, first);
  for (const file of rest) {
    const other = another();
    loadFile(other, file);
    config.mergeConfig(other, true);
  }
}

function loadFile(config: KubeConfig, file: string): void {
  try {
    config.loadFromFile(file);
  } catch (cause) {
    throw new ConnectionError(`The kubeconfig ${file} can not be used: ${whyUnreadable(cause)}.`, cause);
  }
}

const systemError = z.object({ code: z.string() });
const words: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this process may not read it',
  EISDIR: 'it is a folder, not a file',
};

function whyUnreadable(cause: unknown): string {
  const code = systemError.safeParse(cause).data?.code;
  const word = code === undefined ? undefined : words[code];
  if (word !== undefined) return word;
  // The first line alone: the YAML parser's later lines quote the file, which holds secrets.
  const line = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : '';
  return `it is not a valid kubeconfig (${line.replace(/\.$/, '').slice(0, 120)})`;
}

function selectContext(config: KubeConfig, options: { kubeconfig: string; context?: string }): void {
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const source = options.kubeconfig;
  const wanted = config.getCurrentContext();
  const names = config.getContexts().map(({ name }) => name);
  const choice = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  if (!wanted)
    throw new ConnectionError(`The kubeconfig ${source} names no current context: set one (${choice}).`);
  if (!names.includes(wanted)) {
    throw new ConnectionError(`The kubeconfig ${source} has no context "${wanted}": ${choice}.`);
  }
}

function serverOf(config: KubeConfig, kubeconfig: string): string {
  const where = `The context "${config.getCurrentContext()}" of the kubeconfig ${kubeconfig}`;
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new ConnectionError(`${where} names a cluster that is not in the file.`);
  const server = cluster.server.replace(/\/+$/, '');
  const url = URL.parse(server);
  if (url?.protocol === 'http:' && loopback.has(url.hostname)) return server;
  if (url?.protocol !== 'https:') {
    throw new ConnectionError(`${where} has the server "${server}": it must be an https:// address.`);
  }
  const user = config.getCurrentUser();
  if (!user) throw new ConnectionError(`${where} names a user that is not in the file.`);
  const credentials = [user.token, user.certData, user.certFile, user.exec, user.authProvider, user.username];
  if (!credentials.some(Boolean)) {
    throw new ConnectionError(
      `${where} has no credentials for its user: a token, a client certificate or an exec plugin.`,
    );
  }
  return server;
}

const headerText = z.record(
  z.string(),
  z.union([z.string(), z.number()]).transform((text) => `${text}`.trim()),
);

function credentialled(
  { server, cluster }: Pick<Connection, 'server' | 'cluster'>,
  first: KubeConfig,
  load: () => KubeConfig,
  throughProxy: (config: KubeConfig) => Promise<Dispatcher | undefined>,
): Connection {
  let config = first;
  let dispatcher: Dispatcher = new Agent(pool);
  let fingerprint = '';
  let rotation = Promise.resolve();
  const rotate = async (options: RequestOptions) => {
    const outdated = dispatcher;
    dispatcher = await dispatcherFor(config, options, throughProxy);
    // Requests under way are finished first; new ones go to the new pool.
    outdated.close().catch(() => undefined);
  };
  const headers = async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const seen = fingerprintOf(options);
    if (seen !== fingerprint) {
      fingerprint = seen;
      rotation = rotate(options);
    }
    await rotation;
    const own = headerText.parse(options.headers ?? {});
    if (!options.auth) return own;
    return { ...own, Authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` };
  };
  return {
    cluster,
    server,
    headers,
    get dispatcher() {
      return dispatcher;
    },
    renew: () => {
      config = load();
    },
    close: () => dispatcher.close(),
  };
}

/** Certificates may be rotated under a running process; a digest tells when, and keeps no key in memory twice. */
function fingerprintOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): string {
  const digest = createHash('sha256');
  for (const part of [ca, cert, key].flat(1)) {
    digest.update(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part ?? null));
    digest.update('\0');
  }
  return digest.update(JSON.stringify([servername, rejectUnauthorized])).digest('hex');
}

async function dispatcherFor(
  config: KubeConfig,
  { ca, cert, key, servername, rejectUnauthorized }: RequestOptions,
  throughProxy: (config: KubeConfig) => Promise<Dispatcher | undefined>,
): Promise<Dispatcher> {
  if (config.getCurrentCluster()?.proxyUrl) return (await throughProxy(config)) ?? new Agent(pool);
  const connect = {
    ...tcpKeepAlive,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
  return new Agent({ ...pool, connect });
}
