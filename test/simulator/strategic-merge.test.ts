import { expect, test } from 'vitest';
import type { Json } from '../../src/simulator/json.ts';
import { applyStrategicMerge } from '../../src/simulator/patch/strategic-merge.ts';

interface Case {
  readonly name: string;
  readonly target: Json;
  readonly patch: Json;
  readonly result: Json;
}

const cases: readonly Case[] = [
  {
    name: 'containers are merged by name',
    target: {
      containers: [
        { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
        { name: 'proxy', image: 'proxy:1' },
      ],
    },
    patch: { containers: [{ name: 'web', image: 'web:2' }] },
    result: {
      containers: [
        { name: 'web', image: 'web:2', env: [{ name: 'A', value: '1' }] },
        { name: 'proxy', image: 'proxy:1' },
      ],
    },
  },
  {
    name: 'kubectl set image: the order directive leaves no trace',
    target: {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
    },
    patch: {
      '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
      containers: [{ name: 'b', image: '2' }],
    },
    result: {
      containers: [
        { name: 'b', image: '2' },
        { name: 'a', image: '1' },
      ],
    },
  },
  {
    name: 'an item is deleted by its key',
    target: {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    patch: { env: [{ name: 'A', $patch: 'delete' }] },
    result: { env: [{ name: 'B', value: '2' }] },
  },
  {
    name: 'a ControllerRevision replaces the template whole',
    target: {
      spec: {
        replicas: 3,
        template: { metadata: { annotations: { a: '1' } }, spec: { containers: [{ name: 'x' }] } },
      },
    },
    patch: { spec: { template: { $patch: 'replace', spec: { containers: [{ name: 'y' }] } } } },
    result: { spec: { replicas: 3, template: { spec: { containers: [{ name: 'y' }] } } } },
  },
  {
    name: 'a list can be replaced',
    target: { env: [{ name: 'A' }] },
    patch: { env: [{ $patch: 'replace' }, { name: 'B' }] },
    result: { env: [{ name: 'B' }] },
  },
  {
    name: 'taints are replaced whole',
    target: { taints: [{ key: 'a' }] },
    patch: { taints: [{ key: 'b' }] },
    result: { taints: [{ key: 'b' }] },
  },
  {
    name: 'null removes',
    target: { paused: true, replicas: 1 },
    patch: { paused: null },
    result: { replicas: 1 },
  },
  {
    name: 'retainKeys drops the other members',
    target: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    patch: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    result: { strategy: { type: 'Recreate' } },
  },
  {
    name: 'finalizers are a set',
    target: { finalizers: ['a'] },
    patch: { finalizers: ['a', 'b'] },
    result: { finalizers: ['a', 'b'] },
  },
  {
    name: 'finalizers are taken out by value',
    target: { finalizers: ['a', 'b'] },
    patch: { '$deleteFromPrimitiveList/finalizers': ['a'] },
    result: { finalizers: ['b'] },
  },
  {
    name: 'ports of a container go by containerPort, of a service by port',
    target: {
      container: { ports: [{ containerPort: 80 }] },
      service: { ports: [{ port: 80, targetPort: 1 }] },
    },
    patch: {
      container: { ports: [{ containerPort: 80, name: 'http' }] },
      service: { ports: [{ port: 80, targetPort: 2 }] },
    },
    result: {
      container: { ports: [{ containerPort: 80, name: 'http' }] },
      service: { ports: [{ port: 80, targetPort: 2 }] },
    },
  },
];

test.each(cases)('$name', ({ target, patch, result }) => {
  expect(applyStrategicMerge(target, patch)).toEqual(result);
});
