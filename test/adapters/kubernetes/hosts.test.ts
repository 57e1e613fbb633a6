import { describe, expect, it } from 'vitest';
import {
  knativeRoute,
  virtualService,
} from '../../../src/adapters/kubernetes/facts/dependents/custom-objects.ts';
import { type Entries, hostsOf } from '../../../src/adapters/kubernetes/facts/dependents/hosts.ts';
import { ingress, route } from '../../../src/adapters/kubernetes/facts/dependents/objects.ts';

const meta = (name: string, rest: object = {}) => ({
  metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '1', ...rest },
});
const services = [{ name: 'web', ready: 1, own: 1 }];
const none: Entries = { ingresses: [], routes: [], virtualServices: [], knativeRoutes: [] };
const hosts = (entries: Partial<Entries>, labels: Readonly<Record<string, string>> = {}) =>
  hostsOf({ ...none, ...entries }, services, 'shop', labels);

it('hosts come from Ingress rules, default backends and routes, and only those that end here', () => {
  const backend = { service: { name: 'web' } };
  const one = ingress.parse({
    ...meta('one'),
    spec: {
      defaultBackend: backend,
      rules: [
        { host: 'shop.example', http: { paths: [{ backend }, { backend }] } },
        { host: 'db.example', http: { paths: [{ backend: { service: { name: 'db' } } }] } },
        { host: 'static.example', http: { paths: [{ backend: { resource: {} } }] } },
      ],
    },
  });
  const api = route.parse({
    ...meta('api'),
    spec: {
      hostnames: ['api.example'],
      rules: [{ backendRefs: [{ name: 'web' }, { name: 'web', namespace: 'elsewhere' }] }],
    },
  });
  expect(hosts({ ingresses: [one], routes: [{ kind: 'HTTPRoute', route: api }] })).toEqual([
    { host: 'api.example', service: 'web', source: 'HTTPRoute/api' },
    { host: '*', service: 'web', source: 'Ingress/one' },
    { host: 'shop.example', service: 'web', source: 'Ingress/one' },
  ]);
});

describe('an Istio VirtualService', () => {
  const to = (host: string) => [{ route: [{ destination: { host } }] }];
  const serving = (spec: object, rest: object = {}) =>
    virtualService.parse({
      ...meta('web', rest),
      spec: { hosts: ['shop.example'], gateways: ['edge'], ...spec },
    });
  const cases: [string, object, string | undefined][] = [
    ['a short name is of its own namespace', { http: to('web') }, 'VirtualService/web'],
    ['a name with its namespace', { tls: to('web.shop') }, 'VirtualService/web'],
    ['a full name', { tcp: to('web.shop.svc.cluster.local') }, 'VirtualService/web'],
    [
      'a full name in a cluster that calls itself otherwise',
      { http: to('web.shop.svc.corp') },
      'VirtualService/web',
    ],
    ['another namespace', { http: to('web.other.svc.cluster.local') }, undefined],
    ['another Service', { http: to('db') }, undefined],
    ['a host outside that begins the same', { http: to('web.shop.example') }, undefined],
    ['a rule that only redirects', { http: [{ redirect: { uri: '/' } }] }, undefined],
    ['the mesh alone, by default', { http: to('web'), gateways: [] }, undefined],
    ['the mesh alone, by name', { http: to('web'), gateways: ['mesh'] }, undefined],
    ['the mesh and a gateway', { http: to('web'), gateways: ['mesh', 'edge'] }, 'VirtualService/web'],
  ];
  it.each(cases)('%s', (_name, spec, source) => {
    const expected = source === undefined ? [] : [{ host: 'shop.example', service: 'web', source }];
    expect(hosts({ virtualServices: [serving(spec)] })).toEqual(expected);
  });

  it('of another namespace may lead here by a full name, and its short names do not', () => {
    const home = { namespace: 'edge' };
    const source = 'VirtualService/web in edge';
    expect(hosts({ virtualServices: [serving({ http: to('web') }, home)] })).toEqual([]);
    expect(hosts({ virtualServices: [serving({ http: to('web.shop') }, home)] })).toEqual([
      { host: 'shop.example', service: 'web', source },
    ]);
  });

  it('may hand on to one that has no hosts itself', () => {
    const root = serving(
      { http: [{ delegate: { name: 'inner', namespace: 'shop' } }] },
      { namespace: 'edge' },
    );
    const inner = virtualService.parse({ ...meta('inner'), spec: { http: to('web') } });
    expect(hosts({ virtualServices: [root, inner] })).toEqual([
      { host: 'shop.example', service: 'web', source: 'VirtualService/web in edge' },
    ]);
  });
});

describe('a Knative Route', () => {
  const traffic = [
    { revisionName: 'web-00002', percent: 100 },
    { revisionName: 'web-00001', percent: 0 },
    { revisionName: 'web-00001', tag: 'old', url: 'https://old-web.shop.example' },
  ];
  const routed = (url: string, rest: object = {}) =>
    knativeRoute.parse({ ...meta('web', rest), status: { url, traffic } });
  const from = (revision: string, entry: ReturnType<typeof routed>) =>
    hosts({ knativeRoutes: [entry] }, { 'serving.knative.dev/revision': revision }).map(({ host }) => host);

  it('leads to the revisions that have a share of its traffic or a tag', () => {
    const entry = routed('https://web.shop.example');
    expect(from('web-00002', entry)).toEqual(['web.shop.example']);
    expect(from('web-00001', entry)).toEqual(['old-web.shop.example']);
    expect(from('web-00000', entry)).toEqual([]);
    expect(hosts({ knativeRoutes: [entry] })).toEqual([]);
  });

  it('that only the cluster can call is no entry from outside', () => {
    expect(from('web-00002', routed('http://web.shop.svc.cluster.local'))).toEqual([]);
    const hidden = { labels: { 'networking.knative.dev/visibility': 'cluster-local' } };
    expect(from('web-00002', routed('https://web.shop.example', hidden))).toEqual([]);
  });
});
