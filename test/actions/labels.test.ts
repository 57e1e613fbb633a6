import { expect, it } from 'vitest';
import { kindOf } from '../../src/actions/action-kinds.ts';
import type { ActionOf } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { barePodFacts, dependents, nodeFacts, podFact, podFacts } from '../fixtures/facts.ts';

/* What labels of an object do: they move no pod but one that is picked by them. */

const label = (target: ActionOf<'label'>['target']): ActionOf<'label'> => ({
  verb: 'label',
  target,
  set: [{ key: 'app', value: 'quarantine' }],
  remove: [],
  overwrite: true,
});
const picker = (kind: string, name: string) => ({
  kind,
  name,
  selector: { matchLabels: { app: 'web-0' }, matchExpressions: [] },
});
const [controller, service, policy] = [
  picker('ReplicaSet', 'web-c'),
  picker('Service', 'web'),
  picker('NetworkPolicy', 'web'),
];
const neighbourhood = dependents({
  services: [
    { name: 'other', ready: 9, own: 1 },
    { name: 'web', ready: 3, own: 1 },
  ],
});
const pod = (pickers: Facts['pickers'], parts: Parameters<typeof podFacts>[0] = {}): Facts =>
  podFacts(parts, { neighbourhood, ...(pickers === undefined ? {} : { pickers }) });
const taken = { pods: 1, becomes: 'taken out', field: 'metadata.labels' };
const untouched = {
  pods: { released: 0, affected: { pods: 0 } },
  readiness: undefined,
  endpoints: [],
  rollout: 'apart',
};
const left = [{ service: 'web', ready: 3, left: 2 }];

it.each<[string, Facts, object]>([
  ['is picked by nobody', pod([]), { ...untouched, unknown: [] }],
  ['is picked by a NetworkPolicy', pod([policy]), { ...untouched, unknown: [] }],
  ['is picked by nobody knows whom', pod(undefined), { ...untouched, unknown: ['selection'] }],
  [
    'leaves its controller',
    pod([controller]),
    { pods: { released: 1, affected: taken }, readiness: { before: 3, left: 2 }, endpoints: [], unknown: [] },
  ],
  [
    'leaves its controller, and was not ready',
    pod([controller], { pod: podFact('web-0', { ready: false }) }),
    { pods: { released: 1 }, readiness: { before: 3, left: 3 } },
  ],
  [
    'leaves its controller and a Service',
    pod([controller, policy, service]),
    {
      pods: { released: 1, affected: taken },
      readiness: { before: 3, left: 2 },
      endpoints: left,
      unknown: [],
    },
  ],
  [
    'leaves a Service',
    pod([service]),
    { pods: { released: 0, affected: taken }, readiness: undefined, endpoints: left, unknown: [] },
  ],
  [
    'leaves a controller of nobody knows how many',
    pod([controller], { controller: { kind: 'ReplicaSet', name: 'web-c' } }),
    { pods: { released: 1 }, readiness: undefined, unknown: ['readiness'] },
  ],
  [
    'leaves a Service, and is of a controller of nobody knows how many',
    pod([service], { controller: { kind: 'ReplicaSet', name: 'web-c' } }),
    { pods: { released: 0 }, readiness: undefined, unknown: [] },
  ],
  [
    'is of no controller, and leaves one',
    { ...barePodFacts(), pickers: [controller] },
    { pods: { released: 1 }, readiness: undefined, unknown: [] },
  ],
])('a pod that %s', (_name, facts, expected) => {
  const action = label({ kind: 'Pod', namespace: 'shop', name: 'web-0' });
  const effect = kindOf(action.verb).effect({ action, facts });
  expect(effect).toMatchObject(expected);
  expect(effect.content).toEqual({ code: false, configuration: false });
});

it('a node of which nobody knows what its labels place', () => {
  const action = label({ kind: 'Node', name: 'worker-1' });
  expect(kindOf(action.verb).effect({ action, facts: nodeFacts() })).toMatchObject({
    pods: { affected: { pods: 0, becomes: 'changed', field: 'spec' } },
    unknown: ['placement'],
  });
});
