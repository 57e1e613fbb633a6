import { addressOf } from '../../../domain/manifest/address.ts';
import type { GitHost } from '../../../domain/policy/repositories.ts';

/** Who logs in at a host. */
interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A GitHub App, which logs in at one repository after the other, each time for an hour. */
export interface GitHubApp {
  /** Its id or its client id. */
  readonly id: string;
  /** PEM of its RSA key. */
  readonly privateKey: string;
  /** Absent: the one of the repository. */
  readonly installation?: number;
}

/** Who logs in, by the host's name. */
export type Logins = Readonly<Record<string, Credentials | { readonly app: GitHubApp }>>;

/** A repository where it answers over HTTP, and what is known of its host. */
export interface Remote {
  /** Without who logs in there. */
  readonly url: string;
  /** `owner/name`, without `.git`. */
  readonly path: string;
  readonly host: GitHost;
  readonly credentials: Credentials | undefined;
  /** Where an app logs in and not a user; the credentials are those that it was given for now. */
  readonly app: GitHubApp | undefined;
}

/**
 * The repository at the host of the policy's list; undefined for a host that is not on it. Whatever the address says, it is
 * asked over HTTPS, as this is what credentials are for: a port of another protocol says nothing.
 */
export function remoteOf(repository: string, hosts: readonly GitHost[], logins: Logins): Remote | undefined {
  const found = addressOf(repository);
  if (found === undefined) return undefined;
  const { path } = found;
  const host = hosts.find((each) => each.host === found.host);
  const odd = path.split('/').some((step) => step === '' || step === '.' || step === '..');
  // An encoded dot or slash is one to whoever reads the address after us.
  if (host === undefined || odd || /[?#\\\s]|%(?:2e|2f|5c)/i.test(path)) return undefined;
  const address = (host.address ?? `https://${host.host}`).replace(/\/+$/, '');
  const login = Object.hasOwn(logins, host.host) ? logins[host.host] : undefined;
  const [credentials, app] =
    login === undefined || 'username' in login ? [login, undefined] : [undefined, login.app];
  return { ...{ url: `${address}/${path}.git`, path, host }, credentials, app };
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Why a host is not asked: whoever is on the way reads what logs in over plain HTTP, or it is an app of a host that has none.
 * Undefined where nobody logs in, or nothing leaves this machine.
 */
export function notAsked({ url, host, credentials, app }: Remote): string | undefined {
  if (credentials === undefined && app === undefined) return undefined;
  if (app !== undefined && host.kind !== 'github')
    return `A GitHub App logs in at ${host.host}, which is of the kind "${host.kind}" by gitOps.hosts of the policy, and not "github".`;
  const plain = [url, ...(host.api === undefined ? [] : [host.api])]
    .map((address) => new URL(address))
    .find(({ protocol, hostname }) => protocol !== 'https:' && !loopback.test(hostname));
  if (plain === undefined) return undefined;
  return `${host.host} is asked at ${plain.origin}, where the token could be read on the way: gitOps.hosts of the policy must say https:// there.`;
}

/** The header that Git's own client would send. */
export function authorization({ credentials }: Remote): Record<string, string> {
  if (credentials === undefined) return {};
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}
