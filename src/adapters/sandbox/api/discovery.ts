import type { Json } from '../../../domain/json.ts';
import { pods, type Resource, resources } from '../resources.ts';

/** The release the sandbox behaves like. */
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
  const known = root === 'apis' ? groups().find((each) => each.group === group) : undefined;
  if (known === undefined || parts.length > 3) return undefined;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(known) };
  return version === known.version ? resourceList(known.group, known.version) : undefined;
}

type Group = Pick<Resource, 'group' | 'version'>;

function groups(): Group[] {
  const served = resources
    .filter(({ group }) => group !== '')
    .map(({ group, version }) => ({ group, version }));
  const all = [...served, { group: 'authorization.k8s.io', version: 'v1' }];
  return all.filter((each, index) => all.findIndex(({ group }) => group === each.group) === index);
}

function groupOf({ group, version }: Group) {
  const served = { groupVersion: `${group}/${version}`, version };
  return { name: group, versions: [served], preferredVersion: served };
}

function resourceList(group: string, version: string): Json {
  const served = resources.filter((each) => each.group === group);
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
  return [main, ...(scalable ? [scale] : []), ...(resource === pods ? [log] : [])];
}
