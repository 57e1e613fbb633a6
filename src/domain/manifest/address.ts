/**
 * The address of a repository without who logs in there: GitOps tools take `https://user:token@host`, and what is stored or
 * shown has no use for it. Userinfo ends at the last `@` before the path (RFC 3986, 3.2).
 */
export const withoutLogin = (repository: string): string =>
  repository.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');

/** Git's own ways to write an address (git-scm.com, "git-fetch", GIT URLs). */
const addresses = [
  /^(?<scheme>https?|ssh|git):\/\/(?:[^/@]*@)?(?<host>[^/]+)\/(?<path>.+)$/,
  /^(?:[^/@:]+@)?(?<host>[^/:]+):(?!\/\/)(?<path>.+)$/,
];

/**
 * The host and the path of a repository's address, the path without `.git`; undefined for what is no address. The port of SSH
 * is left out: a repository is asked over HTTPS, of which it says nothing.
 */
export function addressOf(repository: string): { readonly host: string; readonly path: string } | undefined {
  const found = addresses.map((each) => each.exec(repository)?.groups).find((each) => each !== undefined);
  if (found === undefined) return undefined;
  const name = (found['host'] ?? '').toLowerCase();
  const path = (found['path'] ?? '').replace(/\/+$/, '').replace(/\.git$/, '');
  return { host: found['scheme'] === 'ssh' ? name.replace(/:\d+$/, '') : name, path };
}

/** Whether two addresses are of one repository, however they are written. */
export function isSameRepository(some: string, other: string): boolean {
  const [one, two] = [some, other].map(addressOf);
  return one !== undefined && two !== undefined && one.host === two.host && one.path === two.path;
}
