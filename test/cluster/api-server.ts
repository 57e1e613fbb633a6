import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './build.ts';
import type { Identity } from './credentials.ts';
import {
  identityOf,
  mintIdentities,
  writeKubeconfig,
  writeServiceAccountKeys,
  writeTokens,
} from './credentials.ts';
import type { Daemons } from './daemons.ts';
import { apiServerFlags, etcdFlags } from './flags.ts';
import { kubectlSucceeds } from './kubectl.ts';
import { freePort } from './ports.ts';

/** A running API server, and how to reach it. */
export type ApiServer = {
  readonly url: string;
  /** PEM: its own certificate and the authority that signed it. */
  readonly ca: string;
  readonly identities: readonly Identity[];
  /** Path of the key that signs service account tokens. */
  readonly signingKey: string;
  readonly auditLogPath: string;
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

/** Starts etcd and kube-apiserver with their data in `folder`, and resolves when /readyz answers ok. */
export async function startApiServer(
  daemons: Daemons,
  binaries: Binaries,
  folder: string,
): Promise<ApiServer> {
  const ports = { etcd: await freePort(), etcdPeer: await freePort(), api: await freePort() };
  const identities = mintIdentities(folder);
  const keys = writeServiceAccountKeys(folder);
  const files = {
    ...keys,
    tokens: writeTokens(folder, identities),
    auditPolicy: join(folder, 'audit-policy.json'),
  };
  writeFileSync(files.auditPolicy, JSON.stringify(auditPolicy));
  daemons.start({ name: 'etcd', file: binaries.etcd, args: etcdFlags(folder, ports) });
  const flags = apiServerFlags(folder, ports, files);
  daemons.start({ name: 'kube-apiserver', file: binaries['kube-apiserver'], args: flags });

  const url = `https://127.0.0.1:${ports.api}`;
  const ca = await selfSigned(daemons, join(folder, 'certificates'));
  for (const identity of identities) writeKubeconfig(identity, { url, ca });
  const { kubeconfigPath } = identityOf(identities, 'admin');
  const ready = () =>
    kubectlSucceeds({ path: binaries.kubectl, kubeconfigPath }, ['get', '--raw', '/readyz']);
  await daemons.until('the API server was ready', ready, 300);
  return { url, ca, identities, signingKey: keys.signing, auditLogPath: join(folder, 'audit.log') };
}

/** Waits for the certificate that the API server signs for itself. It writes the key after the certificate. */
async function selfSigned(daemons: Daemons, folder: string): Promise<string> {
  const certificate = join(folder, 'apiserver.crt');
  const written = () => Promise.resolve(existsSync(certificate) && existsSync(join(folder, 'apiserver.key')));
  await daemons.until('the API server had signed its certificate', written, 300);
  return readFileSync(certificate, 'utf8');
}
