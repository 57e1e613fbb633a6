import { expect, test } from 'vitest';
import { selectorsIn } from '../../../src/adapters/kubernetes/facts/fields/selecting-kinds.ts';
import { keysOf } from '../../../src/domain/selector.ts';
import type { Json } from '../../../src/domain/text/json.ts';

/** A spec as the documentation of its kind shows it, and the keys of pods that it goes by. */
test.each<[string, Json, string[]]>([
  [
    'NetworkPolicy',
    {
      podSelector: { matchLabels: { role: 'db' } },
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { project: 'x' } },
              podSelector: { matchLabels: { access: 'db' } },
            },
          ],
        },
      ],
    },
    ['role', 'access'],
  ],
  ['AuthorizationPolicy', { selector: { matchLabels: { app: 'web' } }, action: 'DENY' }, ['app']],
  ['DestinationRule', { host: 'web', subsets: [{ name: 'v1', labels: { version: 'v1' } }] }, ['version']],
  ['Gateway', { selector: { istio: 'ingress' }, servers: [] }, ['istio']],
  ['Sidecar', { workloadSelector: { labels: { app: 'ratings' } } }, ['app']],
  [
    'CiliumNetworkPolicy',
    {
      endpointSelector: { matchLabels: { 'any:role': 'backend' } },
      ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:role': 'frontend' } }] }],
    },
    ['role', 'role'],
  ],
  [
    'Calico NetworkPolicy',
    { selector: "role == 'database' && has(tier)", ingress: [{ source: { selector: "env in { 'prod' }" } }] },
    ['role', 'tier', 'env'],
  ],
  ['Calico, everything', { selector: 'all()' }, []],
  ['Server', { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, port: 80 }, ['app']],
  ['what selects nothing', { a: [1, 'selector', null, { labels: { deep: { x: 1 } } }] }, []],
])('%s', (_kind, spec, keys) => {
  expect(selectorsIn(spec).flatMap(({ selector }) => keysOf(selector))).toEqual(keys);
});
