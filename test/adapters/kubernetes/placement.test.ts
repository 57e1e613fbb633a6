import { describe, expect, it } from 'vitest';
import { restartOf, scaleTo, undoOf } from '../../fixtures/facts.ts';
import {
  aloneBy,
  asking,
  bare,
  besideBy,
  first,
  fits,
  hostNetwork,
  hostname,
  nodeOf,
  onPort,
  placesIn,
  podOn,
  rolling,
  spreadBy,
  stuck,
  type World,
  zone,
} from './placement-world.ts';

describe('a rolling update', () => {
  it.each<[string, World, object]>([
    ['with room', { spec: asking('1'), nodes: [nodeOf('a'), nodeOf('b')], at: ['a', 'b'] }, fits(2)],
    [
      'where the surge has no room and its own pods would make some',
      { spec: asking('3'), nodes: [nodeOf('a')], at: ['a'] },
      stuck('no node has room for 3000m CPU; the most that is free is 1000m CPU on a', 'now', first),
    ],
    [
      'the same, one pod going first',
      { spec: asking('3'), nodes: [nodeOf('a')], at: ['a'], strategy: rolling(0, 1) },
      fits(1),
    ],
    [
      'with a surge and with leave to take one away',
      { spec: asking('3'), nodes: [nodeOf('a'), nodeOf('b')], at: ['a', 'b'], strategy: rolling(1, 1) },
      fits(2),
    ],
    ['Recreate', { spec: onPort, nodes: [nodeOf('a')], at: ['a'], strategy: { type: 'Recreate' } }, fits(1)],
    [
      'a pod that is larger than any node',
      { spec: asking('9'), nodes: [nodeOf('a')], at: ['a'] },
      stuck('no node has room for 9000m CPU; the most that is free is 0m CPU on a', 'lasting'),
    ],
    [
      'a host port on the only node',
      { spec: onPort, nodes: [nodeOf('a')], at: ['a'] },
      stuck('the host port 8080 is taken on every node that would take it', 'own', first),
    ],
    [
      'a host port with a node to spare',
      { spec: onPort, nodes: [nodeOf('a'), nodeOf('b')], at: ['a'] },
      fits(1),
    ],
    [
      "a port of the host's network that the template does not call one",
      { spec: hostNetwork, nodes: [nodeOf('a')], at: ['a'] },
      stuck('the host port 9100 is taken on every node that would take it', 'own', first),
    ],
    [
      'a host port that others hold as well',
      {
        spec: onPort,
        nodes: [nodeOf('a'), nodeOf('b')],
        at: ['a'],
        others: [podOn('other', 'b', onPort), podOn('another', 'a', { containers: [{}] })],
      },
      stuck(/^the host port 8080/, 'own', first),
    ],
    [
      'apart from its own kind, on as many nodes as there are',
      { spec: aloneBy(hostname), nodes: [nodeOf('a'), nodeOf('b')], at: ['a', 'b'] },
      stuck(/podAntiAffinity/, 'own', first),
    ],
    [
      'apart with a node to spare',
      { spec: aloneBy(hostname), nodes: [nodeOf('a'), nodeOf('b'), nodeOf('c')], at: ['a', 'b'] },
      fits(2),
    ],
    [
      'apart by zone, with a node but no zone to spare',
      {
        spec: aloneBy('topology.kubernetes.io/zone'),
        nodes: [nodeOf('a', zone('1')), nodeOf('b', zone('1')), nodeOf('c', zone('2'))],
        at: ['a', 'c'],
      },
      stuck(/podAntiAffinity/, 'own', first),
    ],
    [
      'somebody who wants nobody near',
      {
        spec: bare,
        nodes: [nodeOf('a')],
        at: [],
        action: scaleTo(1),
        others: [podOn('hermit', 'a', aloneBy(hostname))],
      },
      stuck(/do not want it near/, 'now'),
    ],
    [
      'near somebody who is not there',
      { spec: besideBy(hostname, 'cache'), nodes: [nodeOf('a')], at: ['a'] },
      stuck(/podAffinity/, 'now'),
    ],
    ['near its own kind', { spec: besideBy(hostname, 'web'), nodes: [nodeOf('a')], at: ['a'] }, fits(1)],
    [
      'near its own kind, the first of all',
      { spec: besideBy(hostname, 'web'), nodes: [nodeOf('a')], action: scaleTo(2) },
      fits(2),
    ],
    [
      'spread evenly over what there is',
      { spec: spreadBy(hostname), nodes: [nodeOf('a'), nodeOf('b')], at: ['a', 'b'] },
      fits(2),
    ],
    [
      'spread over a node that takes no pods and has none',
      {
        spec: spreadBy(hostname),
        nodes: [nodeOf('a'), nodeOf('b', { spec: { unschedulable: true } })],
        at: ['a'],
      },
      stuck(/topologySpreadConstraints: kubernetes.io\/hostname, maxSkew 1/, 'own', first),
    ],
    [
      'the same, counting only nodes whose taints it tolerates',
      {
        spec: spreadBy(hostname, { nodeTaintsPolicy: 'Honor' }),
        nodes: [
          nodeOf('a'),
          nodeOf('b', {
            spec: {
              unschedulable: true,
              taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
            },
          }),
        ],
        at: ['a'],
      },
      fits(1),
    ],
    [
      'spread over more places than there are',
      { spec: spreadBy(hostname, { minDomains: 2 }), nodes: [nodeOf('a')], at: ['a'] },
      stuck(/topologySpreadConstraints/, 'own', first),
    ],
    [
      'spread within each revision',
      {
        spec: spreadBy(hostname, { matchLabelKeys: ['pod-template-hash'], minDomains: 2 }),
        nodes: [nodeOf('a')],
        at: ['a'],
      },
      fits(1),
    ],
    [
      'spread that nobody insists on',
      { spec: spreadBy('zone', { whenUnsatisfiable: 'ScheduleAnyway' }), nodes: [nodeOf('a')], at: ['a'] },
      fits(1),
    ],
    [
      'a taint that nobody tolerates',
      {
        spec: bare,
        nodes: [nodeOf('a', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } })],
        at: ['a'],
      },
      stuck('it does not tolerate the taints of the nodes', 'lasting'),
    ],
    [
      'labels that no node has any more',
      { spec: { ...bare, nodeSelector: { disk: 'ssd' } }, nodes: [nodeOf('a')], at: ['a'] },
      stuck('no node that takes pods has the labels it asks for', 'lasting'),
    ],
    [
      'no node but one that is not ready',
      { spec: bare, nodes: [nodeOf('a', { ready: false })], at: ['a'] },
      stuck('no node that takes pods has the labels it asks for', 'lasting'),
    ],
    [
      'an undo to what still runs beside a pod that finds no place',
      {
        spec: asking('3'),
        nodes: [nodeOf('a')],
        at: ['a'],
        action: undoOf('Deployment', 2),
      },
      { tried: 0, placed: 0 },
    ],
  ])('%s', (_name, world, expected) => {
    const found = placesIn(world);
    expect(found).toMatchObject(expected);
    if (!('stuck' in expected)) expect(found?.stuck).toBeUndefined();
  });

  it('a pod on its way out of a node that works is in nobody’s way', () => {
    const leaving = podOn('leaving', 'a', onPort, { deletionTimestamp: '2026-03-01T12:00:00Z' });
    const world = { spec: onPort, nodes: [nodeOf('a')], others: [leaving], action: scaleTo(1) };
    expect(placesIn(world)?.stuck).toBeUndefined();
    expect(
      placesIn({ ...world, nodes: [nodeOf('a', { ready: false }), nodeOf('b')] })?.stuck,
    ).toBeUndefined();
  });
});

describe('pods that have to be gone from a node of which nobody hears', () => {
  const silent = nodeOf('b', { ready: false });
  const off = nodeOf('b', {
    ready: false,
    spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] },
  });
  const world = { spec: bare, nodes: [nodeOf('a'), silent], at: ['a', 'b', 'b'] };
  const sets = restartOf('StatefulSet');
  const recreated = { type: 'Recreate' } as const;
  it.each<[string, World, readonly string[] | undefined]>([
    ['of a StatefulSet', { ...world, action: sets }, ['web-1', 'web-2']],
    [
      'of a StatefulSet, from its partition on',
      {
        ...world,
        action: sets,
        strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 2 },
      },
      ['web-2'],
    ],
    ['of what is recreated', { ...world, strategy: recreated }, ['web-1', 'web-2']],
    ['of a rolling update, which starts others beside them', world, undefined],
    ['of a StatefulSet that has none there', { ...world, at: ['a'], action: sets }, undefined],
    [
      'of a StatefulSet on a machine that is off',
      { ...world, nodes: [nodeOf('a'), off], action: sets },
      undefined,
    ],
  ])('%s', (_name, each, pods) => {
    expect(placesIn(each)?.silent).toEqual(
      pods === undefined ? undefined : [{ node: { name: 'b', reported: false }, pods }],
    );
  });
});
