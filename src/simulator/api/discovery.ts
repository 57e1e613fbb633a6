import type { Json } from '../json.ts';
import { pods, type Resource, resources } from '../resources.ts';

/** The release that the simulator behaves like. */
const release = { major: '1', minor: '36', gitVersion: 'v1.36.3' };

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** `/version`, `/api`, `/apis` and what is below them, as far as kubectl asks; undefined for any other path. */
export function discovery(path: string): Json | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, group, version] = parts;
  if (path === '/version')
    return {
      ...release,
      gitCommit: 'sandbox',
      gitTreeState: 'clean',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: 'none',
      compiler: 'none',
      platform: 'sandbox',
    };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/api/v1') return resourceList('', 'v1');
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupOf) };
  const known = root === 'apis' ? groups().find(({ name }) => name === group) : undefined;
  if (known === undefined || parts.length > 3) return undefined;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(known) };
  return known.versions.includes(version) ? resourceList(known.name, version) : undefined;
}

interface Group {
  readonly name: string;
  /** The first is preferred. */
  readonly versions: readonly string[];
}

function groups(): Group[] {
  const found = new Map<string, Set<string>>();
  for (const { group, version } of resources)
    if (group !== '') found.set(group, (found.get(group) ?? new Set()).add(version));
  const served = [...found].map(([name, versions]) => ({ name, versions: [...versions] }));
  return [...served, { name: 'authorization.k8s.io', versions: ['v1'] }];
}

function groupOf({ name, versions }: Group) {
  const served = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  const [first] = served;
  return { name, versions: served, ...(first === undefined ? {} : { preferredVersion: first }) };
}

function resourceList(group: string, version: string): Json {
  const served = resources.filter((each) => each.group === group && each.version === version);
  const reviews =
    group === 'authorization.k8s.io'
      ? [
          {
            name: 'selfsubjectaccessreviews',
            singularName: 'selfsubjectaccessreview',
            namespaced: false,
            kind: 'SelfSubjectAccessReview',
            verbs: ['create'],
          },
        ]
      : [];
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: [...served.flatMap(entries), ...reviews],
  };
}

function entries(resource: Resource): Json[] {
  const { plural, singular, kind, namespaced, shortNames, scalable } = resource;
  const main = { name: plural, singularName: singular, namespaced, kind, verbs, shortNames: [...shortNames] };
  const scale = {
    name: `${plural}/scale`,
    singularName: '',
    namespaced,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    verbs: ['get', 'patch', 'update'],
  };
  const log = { name: 'pods/log', singularName: '', namespaced, kind, verbs: ['get'] };
  const eviction = {
    name: 'pods/eviction',
    singularName: '',
    namespaced,
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
    verbs: ['create'],
  };
  return [main, ...(scalable ? [scale] : []), ...(resource === pods ? [log, eviction] : [])];
}
