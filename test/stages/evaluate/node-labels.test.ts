import { describe, expect, it } from 'vitest';
import { type Facts, facts as schema } from '../../../src/domain/facts/facts.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { nodeFacts, nodePod } from '../../fixtures/facts.ts';
import { judge } from '../../fixtures/field-cases.ts';
import { labelNode } from '../../fixtures/fields.ts';

type Placement = NonNullable<Facts['placements']>[number];

const placed = (kind: string, name: string, pods: number, keys = ['disk']): Placement => ({
  ...{ kind, namespace: 'shop', name, keys, pods },
});
const placing = (...placements: Placement[]): Facts => nodeFacts({}, { placements });
const said = (key: string, facts: Facts, value: string | null = 'x') => {
  const spec = judge(labelNode({ [key]: value }), facts);
  const rules = ['metadata-possible', 'read-by-controllers', 'placed-by-label'];
  const lines = spec.lineItems.filter(({ rule }) => rules.includes(rule));
  return { tier: spec.tier, told: lines.map(({ sentence }) => sentence) };
};

describe('pods that go by a label of a node are told once', () => {
  const stay = 'pods that run stay, but where new ones may run changes.';
  const ends = 'a pod of it on Node/worker-1 ends at once if the label no longer fits.';
  const starts = 'a pod of it starts on Node/worker-1 at once if the label then fits.';
  it.each<[string, Facts, Tier, string[]]>([
    ['none', placing(), 'auto', []],
    // What was not looked at counts as the worst that it could be.
    ['not looked at, in an older row', nodeFacts(), 'human', []],
    [
      'of a Deployment',
      placing(placed('Deployment', 'web', 2)),
      'human',
      [`Deployment/web in shop goes by disk: ${stay}`],
    ],
    [
      'of two owners, by two labels',
      placing(placed('Deployment', 'web', 2), placed('Job', 'load', 0, ['rack'])),
      'human',
      [`Deployment/web in shop and Job/load in shop go by disk and rack: ${stay}`],
    ],
    [
      'of a DaemonSet, on the node',
      placing(placed('DaemonSet', 'agent', 1)),
      'human',
      [`DaemonSet/agent in shop goes by disk: ${ends}`],
    ],
    [
      'of a DaemonSet, elsewhere',
      placing(placed('DaemonSet', 'agent', 0)),
      'human',
      [`DaemonSet/agent in shop goes by disk: ${starts}`],
    ],
    [
      'of every sort',
      placing(
        placed('DaemonSet', 'agent', 1),
        placed('DaemonSet', 'other', 0),
        ...['a', 'b', 'c', 'd'].map((name) => placed('Deployment', name, 1)),
      ),
      'human',
      [
        `Deployment/a in shop, Deployment/b in shop, Deployment/c in shop and 1 more go by disk: ${stay}`,
        `DaemonSet/agent in shop goes by disk: ${ends}`,
        `DaemonSet/other in shop goes by disk: ${starts}`,
      ],
    ],
  ])('%s', (_name, facts, tier, told) => {
    expect(said('disk', facts)).toEqual({ tier, told });
  });

  it('facts of older rows, which tell of the pods one by one, are read', () => {
    const older = nodeFacts({ tenants: [nodePod('db-0', { asks: ['disk'] })] });
    expect(schema.parse(older)).toEqual(older);
  });
});

describe('labels of nodes that Kubernetes knows', () => {
  const kubelet = 'the kubelet of the node writes it';
  const place = 'it says where a node is and what it is, and volumes and pods are placed by it';
  const role =
    'whoever made the cluster writes it, and Firebreak knows by it which nodes run the control plane';
  it.each([
    ['node.kubernetes.io/instance-type', kubelet],
    ['node.kubernetes.io/windows-build', kubelet],
    ['node.kubernetes.io/whatever-comes-next', kubelet],
    ['kubelet.kubernetes.io/anything', kubelet],
    ['beta.kubernetes.io/instance-type', kubelet],
    ['beta.kubernetes.io/os', kubelet],
    ['beta.kubernetes.io/arch', kubelet],
    ['kubernetes.io/hostname', kubelet],
    ['kubernetes.io/os', kubelet],
    ['kubernetes.io/arch', place],
    ['topology.kubernetes.io/zone', place],
    ['topology.kubernetes.io/region', place],
    ['failure-domain.beta.kubernetes.io/zone', place],
    ['failure-domain.beta.kubernetes.io/region', place],
    ['node-role.kubernetes.io/control-plane', role],
    ['node-role.kubernetes.io/master', role],
  ])('%s is not written, nor taken away', (key, why) => {
    const told = [`${key} is not set by hand: ${why}.`];
    const facts = placing(placed('Deployment', 'web', 1, [key]));
    for (const value of ['x', null]) {
      const { tier, told: lines } = said(key, facts, value);
      expect({ tier, first: lines.slice(0, 1) }).toEqual({ tier: 'blocked', first: told });
    }
  });

  it.each([
    [
      'node.kubernetes.io/exclude-from-external-load-balancers',
      'load balancers outside the cluster send no requests to Node/worker-1 while it is there',
    ],
    ['node-role.kubernetes.io/worker', 'it is shown as a role of Node/worker-1, and tools go by roles'],
    [
      'node-restriction.kubernetes.io/team',
      'it sets Node/worker-1 apart from other nodes, and pods that are to be alone go by it',
    ],
    ['feature.node.kubernetes.io/gpu', 'writing it may switch something on or off'],
  ])('%s needs a person, and is told once', (key, effect) => {
    const told = [`Controllers read ${key}: ${effect}.`];
    expect(said(key, placing())).toEqual({ tier: 'human', told });
  });
});
