import { describe, expect, it } from 'vitest';
import type { PlaceCensus } from '../../../src/adapters/kubernetes/facts/placement/census.ts';
import { unsure } from '../../../src/adapters/kubernetes/facts/placement/unsure.ts';
import type { Places } from '../../../src/domain/facts/places.ts';
import { deletePodIn, deploymentFacts, podFact, podFacts, restartOf, scaleTo } from '../../fixtures/facts.ts';
import {
  asking,
  bare,
  claim,
  diskOn,
  first,
  mounting,
  nodeOf,
  only,
  onPort,
  placesIn,
  placesOf,
  podOn,
  rolling,
  type Strategy,
  stuck,
  type World,
  zone,
} from './placement-world.ts';

describe('volumes', () => {
  const two = [nodeOf('a'), nodeOf('b')];
  const data = { spec: mounting('data'), nodes: two, at: ['a'] } as const;
  it.each<[string, World, object]>([
    [
      'ReadWriteOnce, where the new pod may come to another node',
      { ...data, claims: [claim(['ReadWriteOnce'])], volumes: [diskOn()] },
      { placed: 1, claims: [{ name: 'data', nodes: ['a'] }] },
    ],
    [
      'ReadWriteOnce, where it can only come to another',
      {
        ...data,
        nodes: [nodeOf('a', { spec: { unschedulable: true } }), nodeOf('b')],
        claims: [claim(['ReadWriteOnce'])],
        volumes: [diskOn()],
      },
      { claims: [{ name: 'data', nodes: ['a'], never: true }] },
    ],
    [
      'ReadWriteOnce on the only node',
      { ...data, nodes: [nodeOf('a')], claims: [claim(['ReadWriteOnce'])], volumes: [diskOn()] },
      { placed: 1 },
    ],
    [
      'ReadWriteOnce on the disk of a node',
      { ...data, claims: [claim(['ReadWriteOnce'])], volumes: [diskOn(only('a'))] },
      { placed: 1 },
    ],
    [
      'ReadWriteOnce that pods on two nodes use: nothing attaches it',
      { ...data, at: ['a', 'b'], claims: [claim(['ReadWriteOnce'])], volumes: [diskOn()] },
      { placed: 2 },
    ],
    [
      'ReadWriteOnce, the old pod going first',
      {
        ...data,
        strategy: { type: 'Recreate' },
        claims: [claim(['ReadWriteOnce'])],
        volumes: [diskOn()],
      },
      { placed: 1 },
    ],
    [
      'ReadWriteOnce, with leave to take the only pod away',
      { ...data, strategy: rolling(1, 1), claims: [claim(['ReadWriteOnce'])], volumes: [diskOn()] },
      { placed: 1 },
    ],
    [
      'ReadWriteOnce, one more pod',
      { ...data, action: scaleTo(2), claims: [claim(['ReadWriteOnce'])], volumes: [diskOn()] },
      { claims: [{ name: 'data', nodes: ['a'] }] },
    ],
    ['ReadWriteMany', { ...data, claims: [claim(['ReadWriteMany'])], volumes: [diskOn()] }, { placed: 1 }],
    [
      'ReadWriteOncePod',
      { ...data, claims: [claim(['ReadWriteOncePod'])], volumes: [diskOn()] },
      stuck(
        /^PersistentVolumeClaim\/data is for one pod \(ReadWriteOncePod\) and Pod\/web-0 uses it$/,
        'own',
        { ...first, claim: 'data' },
      ),
    ],
    [
      'ReadWriteOncePod, the old pod going first',
      { ...data, strategy: rolling(0, 1), claims: [claim(['ReadWriteOncePod'])], volumes: [diskOn()] },
      { placed: 1 },
    ],
    [
      'the disk of a node that takes no pods',
      {
        ...data,
        nodes: [nodeOf('a', { spec: { unschedulable: true } }), nodeOf('b')],
        claims: [claim(['ReadWriteOnce'])],
        volumes: [diskOn(only('a'))],
      },
      stuck('its volumes cannot be reached from the nodes (PersistentVolumeClaim/data)', 'lasting'),
    ],
    [
      'a volume of another zone',
      {
        ...data,
        nodes: [nodeOf('a', zone('1'))],
        claims: [claim(['ReadWriteMany'])],
        volumes: [diskOn({}, { 'topology.kubernetes.io/zone': '2' })],
      },
      stuck(/cannot be reached/, 'lasting'),
    ],
    [
      'a volume of two zones, by the older label',
      {
        ...data,
        nodes: [nodeOf('a', zone('1'))],
        claims: [claim(['ReadWriteMany'])],
        volumes: [diskOn({}, { 'failure-domain.beta.kubernetes.io/zone': '2__1' })],
      },
      { placed: 1 },
    ],
    ['a claim that is not there', data, stuck('there is no PersistentVolumeClaim/data', 'lasting')],
    [
      'a claim without a volume',
      { ...data, claims: [claim(['ReadWriteOnce'], {}, 'Pending')] },
      stuck('PersistentVolumeClaim/data has no volume yet', 'lasting'),
    ],
    [
      'a claim whose volume is made where the first pod comes',
      {
        ...data,
        at: [],
        action: scaleTo(1),
        claims: [claim(['ReadWriteOnce'], { storageClassName: 'later' }, 'Pending')],
      },
      { placed: 1 },
    ],
  ])('%s', (_name, world, expected) => {
    const found = placesIn(world);
    expect(found).toMatchObject(expected);
    if (!('stuck' in expected)) expect(found?.stuck).toBeUndefined();
    if (!('claims' in expected)) expect(found?.claims).toBeUndefined();
  });
});

describe('what else starts pods', () => {
  it('more replicas: as many as find a place', () => {
    const world = { spec: asking('3'), nodes: [nodeOf('a'), nodeOf('b')], at: ['a'], action: scaleTo(4) };
    expect(placesIn(world)).toMatchObject({ tried: 3, placed: 1, stuck: { by: 'now' } });
  });

  it('a deleted pod makes room for what comes in its place, on a node that still takes it', () => {
    const raw = { metadata: { labels: { app: 'web' } }, spec: { ...onPort, nodeName: 'a' } };
    const own = podOn('web-0', 'a', onPort, { uid: podFacts().identity.uid });
    const census = (closed: boolean): PlaceCensus => ({
      nodes: [nodeOf('a', closed ? { spec: { unschedulable: true } } : {})],
      pods: [own],
      ...{ namespaces: new Map(), unread: new Set<string>() },
      storage: { claims: new Map(), volumes: new Map(), classes: new Map(), complete: true },
    });
    const facts = podFacts();
    expect(placesOf(deletePodIn(), facts, raw, census(false))).toEqual({ tried: 1, placed: 1 });
    expect(placesOf(deletePodIn(), facts, raw, census(true))).toMatchObject({ stuck: { by: 'lasting' } });
  });

  it('an autoscaler that adds nodes is named', () => {
    const scaler = podOn('scaler', 'a', bare, {
      labels: { 'app.kubernetes.io/name': 'aws-cluster-autoscaler' },
    });
    const world = { spec: onPort, nodes: [nodeOf('a')], at: ['a'], others: [scaler] };
    expect(placesIn(world)).toMatchObject({ nodesFrom: 'the cluster autoscaler' });
    const nodes = [nodeOf('a', { labels: { 'karpenter.sh/nodepool': 'default' } })];
    expect(placesIn({ spec: bare, nodes, at: ['a'] })).toMatchObject({ nodesFrom: 'Karpenter' });
  });
});

describe('a DaemonSet', () => {
  const daemons = (spec: object, strategy: Strategy, nodes: World['nodes']): Places | undefined => {
    const own = nodes.map(({ metadata: { name } }) => podOn(`agent-${name}`, name, spec));
    const pods = own.map(({ metadata, spec: { nodeName } }) =>
      podFact(metadata.name, { ...(nodeName === undefined ? {} : { node: nodeName }) }),
    );
    const facts = deploymentFacts({ desired: nodes.length, pods, strategy });
    const raw = { spec: { template: { metadata: { labels: { app: 'web' } }, spec } } };
    return placesOf(restartOf('DaemonSet'), facts, raw, {
      ...{ nodes, pods: own, namespaces: new Map(), unread: new Set<string>() },
      storage: { claims: new Map(), volumes: new Map(), classes: new Map(), complete: true },
    });
  };
  const away = nodeOf('b', { ready: false });

  it.each<[string, object, Strategy, World['nodes'], object]>([
    ['all nodes ready', onPort, rolling(0, 1), [nodeOf('a'), nodeOf('b')], { tried: 2, placed: 2 }],
    ['a node that is away', bare, rolling(0, 1), [nodeOf('a'), away], { down: ['b'] }],
    [
      'a cordoned node is none of them',
      bare,
      rolling(0, 1),
      [nodeOf('a', { spec: { unschedulable: true } })],
      { tried: 1, placed: 1 },
    ],
    [
      'a host port that the old pod holds while the new one starts',
      onPort,
      rolling(1, 0),
      [nodeOf('a')],
      { down: ['a'], stuck: { by: 'own' } },
    ],
  ])('%s', (_name, spec, strategy, nodes, expected) => {
    const found = daemons(spec, strategy, nodes);
    expect(found).toMatchObject(expected);
    if (!('down' in expected)) expect(found?.down).toBeUndefined();
  });
});

describe('what cannot be told', () => {
  it.each<[string, object, string | undefined]>([
    ['the default scheduler', { schedulerName: 'default-scheduler' }, undefined],
    ['another scheduler', { schedulerName: 'volcano' }, 'the scheduler volcano decides by rules of its own'],
    ['devices', { resourceClaims: [{ name: 'gpu' }] }, 'it asks for devices by resource claims'],
    [
      'a gate',
      { schedulingGates: [{ name: 'example.com/quota' }] },
      'it waits until somebody removes its scheduling gate example.com/quota',
    ],
    ['a group', { workloadRef: { name: 'train' } }, 'it is placed together with a group of pods'],
  ])('%s', (_name, spec, reason) => {
    expect(unsure(podOn('web', undefined, { ...bare, ...spec }))).toBe(reason);
  });
});
