/**
 * Whether two references mean the same image, as a container runtime reads them (normalize.go of distribution/reference):
 * `web`, `web:latest` and `docker.io/library/web:latest` are one. Behind a digest a tag says nothing.
 */
export function sameImage(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || wholeName(a) === wholeName(b);
}

function wholeName(reference: string): string {
  const [named = '', digest] = reference.split('@');
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const [path, tag] = colon < 0 ? [named, 'latest'] : [named.slice(0, colon), named.slice(colon + 1)];
  return `${withRegistry(path)}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}

/** What stands before the first slash is a registry if it could be the name of a machine. */
function withRegistry(path: string): string {
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(0, slash));
  const isRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (!isRegistry) return `docker.io/${slash < 0 ? 'library/' : ''}${path}`;
  if (first !== 'docker.io' && first !== 'index.docker.io') return path;
  const rest = path.slice(slash + 1);
  return `docker.io/${rest.includes('/') ? '' : 'library/'}${rest}`;
}
