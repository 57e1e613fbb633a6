import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The accounts of the control plane. Only `admin` may do anything; the people and `firebreak` (the bot) may do
 * nothing until a test binds a role to them. The two with `system:` and `kwok` are the components' own.
 */
const accounts = [
  { name: 'admin', groups: ['system:masters'] },
  { name: 'system:kube-controller-manager', groups: [] },
  { name: 'system:kube-scheduler', groups: [] },
  { name: 'kwok', groups: ['system:masters'] },
  { name: 'firebreak', groups: [] },
  { name: 'alice', groups: ['sre'] },
  { name: 'bob', groups: ['sre'] },
  { name: 'mallory', groups: [] },
] as const;

export type User = (typeof accounts)[number]['name'];

/** How a user reaches the API server: a bearer token, and a kubeconfig file that holds it. */
export type Identity = { readonly name: User; readonly token: string; readonly kubeconfigPath: string };

/** Makes a fresh token for each account; the kubeconfig files are only named here, see `writeKubeconfig`. */
export function mintIdentities(folder: string): Identity[] {
  return accounts.map(({ name }) => ({
    name,
    token: randomBytes(16).toString('hex'),
    kubeconfigPath: join(folder, `kubeconfig-${name.replace(':', '-')}.json`),
  }));
}

/** The identity of a user. Throws when the list lacks it, which means that the list is not from `mintIdentities`. */
export function identityOf(identities: readonly Identity[], user: User): Identity {
  const found = identities.find(({ name }) => name === user);
  if (!found)
    throw new Error(`No identity for "${user}" among ${identities.map(({ name }) => name).join(', ')}.`);
  return found;
}

/** Writes tokens.csv, the static token file of the API server, and returns its path. */
export function writeTokens(folder: string, identities: readonly Identity[]): string {
  const file = join(folder, 'tokens.csv');
  const lines = accounts.map(
    ({ name, groups }) => `${identityOf(identities, name).token},${name},${name},"${groups}"\n`,
  );
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}

/** Writes the key pair that signs and checks service account tokens, and returns both paths. */
export function writeServiceAccountKeys(folder: string): { signing: string; verifying: string } {
  const paths = {
    signing: join(folder, 'service-account.key'),
    verifying: join(folder, 'service-account.pub'),
  };
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(paths.signing, pair.privateKey, { mode: 0o600 });
  writeFileSync(paths.verifying, pair.publicKey);
  return paths;
}

/** Writes the kubeconfig of an identity: one context, `test`. It is JSON, which every reader of YAML can read. */
export function writeKubeconfig(
  { token, kubeconfigPath }: Identity,
  cluster: { url: string; ca: string },
): void {
  const authority = Buffer.from(cluster.ca).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: cluster.url, 'certificate-authority-data': authority } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  writeFileSync(kubeconfigPath, JSON.stringify(config, null, 2), { mode: 0o600 });
}
