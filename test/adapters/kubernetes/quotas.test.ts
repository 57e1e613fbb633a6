import { describe, expect, it } from 'vitest';
import { podSpec, quota } from '../../../src/adapters/kubernetes/facts/dependents/objects.ts';
import { demandOf, quotasFor } from '../../../src/adapters/kubernetes/facts/dependents/quotas.ts';
import { quantity } from '../../../src/domain/text/quantity.ts';

const metadata = { name: 'q', namespace: 'shop', uid: 'uid-of-q', resourceVersion: '1' };
const needing = (cpu: string) => ({ resources: { requests: { cpu } } });
const sidecar = (cpu: string) => ({ ...needing(cpu), restartPolicy: 'Always' });
const plain = { containers: [{}] };

it.each([
  ['100m', 0.1],
  ['1Gi', 2 ** 30],
  ['1e3', 1000],
  ['1.5', 1.5],
  ['12E', 12e18],
  ['', undefined],
  ['ten', undefined],
  ['1Q', undefined],
])('%s is %s', (text, number) => {
  expect(quantity(text)).toBe(number);
});

describe('a quota lasts for as many more pods as', () => {
  const each = podSpec.parse({
    containers: [{ resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } } }, {}],
  });
  const left = (hard: object, used: object) =>
    quotasFor([quota.parse({ metadata, spec: {}, status: { hard, used } })], each);
  it.each([
    ['pods', { pods: '5' }, { pods: '3' }, 'pods', 2],
    ['processor time', { 'requests.cpu': '1' }, { 'requests.cpu': '700m' }, 'requests.cpu', 3],
    [
      'what runs out first',
      { cpu: '1', 'limits.memory': '3Gi' },
      { 'limits.memory': '2Gi' },
      'limits.memory',
      1,
    ],
    ['overspent', { pods: '2' }, { pods: '3' }, 'pods', 0],
  ])('%s', (_name, hard, used, resource, podsLeft) => {
    expect(left(hard, used)).toMatchObject([{ name: 'q', resource, podsLeft }]);
  });
  it('there are, which it does not count at all', () => {
    expect(left({ services: '1' }, { services: '1' })).toEqual([]);
  });
});

describe('a pod takes of a quota', () => {
  const cases: [string, string, object, number][] = [
    ['one of the pods', 'count/pods', plain, 1],
    ['what its containers ask for together', 'requests.cpu', { containers: [needing('1'), needing('2')] }, 3],
    [
      'what its largest init container asks for, if that is more',
      'cpu',
      { containers: [needing('1')], initContainers: [needing('2'), needing('4')] },
      4,
    ],
    [
      'a sidecar beside the containers',
      'cpu',
      { containers: [needing('2')], initContainers: [sidecar('1'), needing('1')] },
      3,
    ],
    [
      'a sidecar beside the init containers that come after it, not before it',
      'cpu',
      { containers: [needing('1')], initContainers: [needing('5'), sidecar('1'), needing('4.5')] },
      5.5,
    ],
    [
      'the overhead of its runtime',
      'requests.cpu',
      { containers: [needing('1')], overhead: { cpu: '250m' } },
      1.25,
    ],
    [
      'no overhead where nothing is limited',
      'limits.cpu',
      { containers: [needing('1')], overhead: { cpu: '250m' } },
      0,
    ],
    [
      'what is said for the whole pod instead',
      'cpu',
      { containers: [needing('1')], resources: { requests: { cpu: '3' } } },
      3,
    ],
    [
      'its limit, where it asks for nothing else',
      'requests.memory',
      { containers: [{ resources: { limits: { memory: '64' } } }] },
      64,
    ],
    [
      'devices',
      'requests.nvidia.com/gpu',
      { containers: [{ resources: { limits: { 'nvidia.com/gpu': '2' } } }] },
      2,
    ],
    ['no claims', 'requests.storage', { containers: [needing('1')] }, 0],
  ];
  it.each(cases)('%s', (_name, resource, spec, amount) => {
    expect(demandOf(resource, podSpec.parse(spec))).toBe(amount);
  });
});

describe('a quota with scopes holds for a pod', () => {
  const busy = { containers: [needing('1')] };
  const term = (rest: object) => ({ podAffinityTerm: { topologyKey: 'zone', ...rest } });
  const elsewhere = (rest: object) => ({
    ...plain,
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [term(rest)] } },
  });
  const select = (scopeName: string, operator: string, ...values: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName, operator, values }] },
  });
  const high = { ...plain, priorityClassName: 'high' };
  const cases: [string, object, object, boolean][] = [
    ['best effort', { scopes: ['BestEffort'] }, plain, true],
    ['best effort, but it asks for something', { scopes: ['BestEffort'] }, busy, false],
    [
      'best effort, but a sidecar asks',
      { scopes: ['BestEffort'] },
      { ...plain, initContainers: [sidecar('1')] },
      false,
    ],
    ['not best effort', { scopes: ['NotBestEffort'] }, busy, true],
    ['not best effort, but it is', { scopes: ['NotBestEffort'] }, plain, false],
    ['terminating', { scopes: ['Terminating'] }, { ...plain, activeDeadlineSeconds: 60 }, true],
    ['terminating, but it has no deadline', { scopes: ['Terminating'] }, plain, false],
    ['not terminating', { scopes: ['NotTerminating'] }, plain, true],
    ['two scopes of which one does not', { scopes: ['BestEffort', 'Terminating'] }, plain, false],
    ['any class', select('PriorityClass', 'Exists'), high, true],
    ['any class, but it has none', select('PriorityClass', 'Exists'), plain, false],
    ['this class', select('PriorityClass', 'In', 'low', 'high'), high, true],
    ['another class', select('PriorityClass', 'In', 'low'), high, false],
    ['all classes but this', select('PriorityClass', 'NotIn', 'high'), high, false],
    ['all classes but this, and none', select('PriorityClass', 'NotIn', 'high'), plain, true],
    ['no class', select('PriorityClass', 'DoesNotExist'), plain, true],
    [
      'affinity to other namespaces',
      { scopes: ['CrossNamespacePodAffinity'] },
      elsewhere({ namespaces: ['x'] }),
      true,
    ],
    [
      'affinity to selected ones',
      select('CrossNamespacePodAffinity', 'Exists'),
      elsewhere({ namespaceSelector: {} }),
      true,
    ],
    ['affinity to its own', { scopes: ['CrossNamespacePodAffinity'] }, elsewhere({}), false],
    ['volumes', { scopes: ['VolumeAttributesClass'] }, plain, false],
    ['a scope of tomorrow may', { scopes: ['Tomorrow'] }, plain, true],
  ];
  it.each(cases)('%s', (_name, scope, spec, holds) => {
    const full = quota.parse({ metadata, spec: scope, status: { hard: { pods: '1' }, used: { pods: '1' } } });
    expect(quotasFor([full], podSpec.parse(spec))).toHaveLength(holds ? 1 : 0);
  });
});
