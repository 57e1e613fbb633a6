import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { Constraint } from '../../src/domain/constraints/constraint.ts';
import {
  type Answered,
  type Asked,
  keyOf,
  known,
  notKnown,
  type PodsReady,
} from '../../src/domain/constraints/readings.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { conditionsBefore } from '../../src/workflow/approval/conditions.ts';
import type { GatheredMember } from '../../src/workflow/lifecycle/members.ts';
import type { Cluster } from '../../src/workflow/ports.ts';
import {
  cordonNode,
  deletePodIn,
  dependents,
  deploymentFacts,
  nodeFacts,
  noon,
  pauseIn,
  podFacts,
  restartOf,
  scaleTo,
} from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';

const sentence = 'It holds.';

const member = (
  action: Action,
  facts: Facts,
  { uid = facts.identity.uid, of = facts.identity.uid } = {},
): GatheredMember => ({
  action,
  facts,
  snapshot: { uid, takenAt: noon, object: { metadata: { uid: of } } },
});

/** What the cluster says when it is asked; it does not answer what is left out. */
interface Live {
  readonly pods?: PodsReady;
  readonly endpoints?: number;
  readonly budget?: { healthy: number; desired: number; allowed: number } | 'gone';
}

const told = <T>(value: T | undefined) => (value === undefined ? notKnown('It timed out.') : known(value));

function answerTo({ kind }: Asked, live: Live): Answered {
  switch (kind) {
    case 'pods':
      return { kind, reading: told(live.pods) };
    case 'endpoints':
      return { kind, reading: told(live.endpoints) };
    case 'budget':
      return { kind, reading: told(live.budget) };
  }
}

async function standing(constraint: Constraint, members: readonly GatheredMember[], live: Live = {}) {
  const asked: string[] = [];
  const read: Cluster['read'] = async (all: readonly Asked[]) =>
    all.map((each) => {
      asked.push(keyOf(each));
      return answerTo(each, live);
    });
  const { broken, unknown } = await conditionsBefore(
    { cluster: { ...createRig().context.cluster, read } },
    [constraint],
    { members, policy: policy.parse({ version: 1 }) },
    new AbortController().signal,
  );
  const found = [...broken, ...unknown].map(({ standing: { kind, reason } }) => `${kind}: ${reason}`);
  return { told: found, asked };
}

const holds = { told: [], asked: [] };
const only = (told: string, ...asked: string[]) => ({ told: [told], asked });

const revisions = (revision?: number, of: { owner?: string; namespace?: string } = {}): Constraint => ({
  kind: 'previous_revision',
  ...of,
  ...(revision === undefined ? {} : { revision }),
  sentence,
});
const hidden = { unknown: [{ fact: 'revisions', reason: 'May not list replicasets.' } as const] };
const restarted = member(restartOf(), deploymentFacts());

describe('revisions to go back to', () => {
  test.each<[string, Constraint, GatheredMember, Awaited<ReturnType<typeof standing>>]>([
    ['the revision is there', revisions(2), restarted, holds],
    ['some revision is there', revisions(), restarted, holds],
    [
      'the live one is none',
      revisions(3),
      restarted,
      only('broken: Deployment/web in shop has revisions 1, 2 to go back to.'),
    ],
    [
      'there is only the live one',
      revisions(),
      member(restartOf(), deploymentFacts({ revisions: [{ revision: 3, source: 'ReplicaSet/web-c' }] })),
      only('broken: Deployment/web in shop has no earlier revision to go back to.'),
    ],
    [
      'the history may not be read',
      revisions(),
      member(restartOf(), deploymentFacts({ revisions: [] }, hidden)),
      only('unknown: May not list replicasets.'),
    ],
    ['what of it was read counts', revisions(2), member(restartOf(), deploymentFacts({}, hidden)), holds],
    [
      'something else could not be read',
      revisions(),
      member(
        restartOf(),
        deploymentFacts({ revisions: [] }, { unknown: [{ fact: 'services', reason: 'No.' }] }),
      ),
      only('broken: Deployment/web in shop has no earlier revision to go back to.'),
    ],
    ['a node has none', revisions(2), member(cordonNode, nodeFacts()), holds],
    [
      'of a pod it is not known',
      revisions(2),
      member(deletePodIn(), podFacts()),
      only('unknown: it was not read'),
    ],
    [
      'of another owner it is not known',
      revisions(2, { owner: 'Deployment/api', namespace: 'shop' }),
      restarted,
      only('unknown: it was not read'),
    ],
    [
      'of one of the same name elsewhere it is not known',
      revisions(2, { owner: 'Deployment/web', namespace: 'stage' }),
      restarted,
      only('unknown: it was not read'),
    ],
  ])('%s', async (_name, constraint, of, expected) => {
    expect(await standing(constraint, [of])).toEqual(expected);
  });
});

describe('what the members say of themselves', () => {
  const outside: Constraint = { kind: 'outside_production', namespace: 'shop', sentence };
  const inProduction = member(
    restartOf('Deployment', 'production'),
    deploymentFacts({}, { namespace: { name: 'production', labels: {} } }),
  );
  const snapshot: Constraint = { kind: 'snapshot_required', sentence };
  const missing = only('broken: There is no snapshot of Deployment/web in shop.');

  test.each<[string, Constraint, GatheredMember[], Awaited<ReturnType<typeof standing>>]>([
    ['none is in production', outside, [restarted], holds],
    [
      'the second is in production',
      outside,
      [restarted, inProduction],
      only('broken: production is a production namespace now.'),
    ],
    ['the snapshot is of the object', snapshot, [restarted], holds],
    [
      'the snapshot is of another',
      snapshot,
      [member(restartOf(), deploymentFacts(), { uid: 'other' })],
      missing,
    ],
    [
      'the object in it is another',
      snapshot,
      [restarted, member(restartOf(), deploymentFacts(), { of: 'other' })],
      missing,
    ],
  ])('%s', async (_name, constraint, of, expected) => {
    expect(await standing(constraint, of)).toEqual(expected);
  });
});

const pods = (least: number, namespace = 'shop', owner = 'Deployment/web'): Constraint => ({
  kind: 'ready_pods',
  pods: least,
  of: 3,
  owner,
  namespace,
  sentence,
});
const endpoints = (least: number, namespace = 'shop', service = 'web'): Constraint => ({
  kind: 'ready_endpoints',
  namespace,
  service,
  endpoints: least,
  behind: [{ owner: 'Deployment/web', of: 3 }],
  sentence,
});
const budget = (healthy: number, name = 'web', namespace = 'shop'): Constraint => ({
  kind: 'disruption_budget',
  namespace,
  budget: name,
  spare: 1,
  healthy,
  sentence,
});
const around = {
  neighbourhood: dependents({
    services: [{ name: 'web', ready: 3, own: 3 }],
    budgets: [{ name: 'web', healthy: 3, desired: 1, allowed: 2 }],
  }),
};
const scaled = member(scaleTo(1), deploymentFacts({}, around));
const paused = member(pauseIn(), deploymentFacts({ ready: 2 }, around));
const unread = (fact: 'services' | 'endpoint slices' | 'pod disruption budgets') =>
  member(scaleTo(1), deploymentFacts({}, { ...around, unknown: [{ fact, reason: 'No.' }] }));
const [onPods, onEndpoints, onBudget] = [
  'pods shop/Deployment/web',
  'endpoints shop/web',
  'budget shop/web',
] as const;

describe('what the change leaves', () => {
  test.each<[string, Constraint, GatheredMember, Live, Awaited<ReturnType<typeof standing>>]>([
    ['enough pods', pods(1), scaled, {}, holds],
    ['too few pods', pods(2), scaled, {}, only('broken: Deployment/web in shop has 1 ready pod.', onPods)],
    [
      'as many as are wanted by now',
      pods(2),
      scaled,
      { pods: { ready: 9, desired: 2 } },
      { told: [], asked: [onPods] },
    ],
    [
      'too few, however many are ready now',
      pods(2),
      scaled,
      { pods: { ready: 9, desired: 9 } },
      only('broken: Deployment/web in shop has 1 ready pod.', onPods),
    ],
    [
      'of one that it takes nothing from, all that are ready',
      pods(3),
      paused,
      {},
      only('broken: Deployment/web in shop has 2 ready pods.', onPods),
    ],
    [
      'of an owner that was not gathered, what is read',
      pods(3, 'shop', 'Deployment/api'),
      scaled,
      { pods: { ready: 3, desired: 3 } },
      { told: [], asked: ['pods shop/Deployment/api'] },
    ],
    [
      'of an owner that cannot be read, nobody knows',
      pods(3, 'shop', 'Deployment/api'),
      scaled,
      {},
      only('unknown: It timed out.', 'pods shop/Deployment/api'),
    ],
    ['enough endpoints', endpoints(1), scaled, {}, holds],
    [
      'too few endpoints',
      endpoints(2),
      scaled,
      { endpoints: 9, pods: { ready: 3, desired: 3 } },
      only('broken: Service/web in shop has 1 ready endpoint.', onEndpoints, onPods),
    ],
    [
      'endpoints as they are, where the services were not all read',
      endpoints(1),
      unread('services'),
      { endpoints: 0, pods: { ready: 3, desired: 3 } },
      only('broken: Service/web in shop has 0 ready endpoints.', onEndpoints, onPods),
    ],
    [
      'endpoints as they are, where the endpoint slices were not all read',
      endpoints(1),
      unread('endpoint slices'),
      { endpoints: 0, pods: { ready: 3, desired: 3 } },
      only('broken: Service/web in shop has 0 ready endpoints.', onEndpoints, onPods),
    ],
    [
      'endpoints as they are, of a Service that was not seen',
      endpoints(1, 'shop', 'api'),
      scaled,
      { endpoints: 1 },
      { told: [], asked: ['endpoints shop/api', onPods] },
    ],
    ['enough of a budget', budget(1), scaled, {}, holds],
    [
      'too few of a budget, by what is lost of it',
      budget(2),
      member(
        scaleTo(1),
        deploymentFacts(
          {},
          { neighbourhood: dependents({ budgets: [{ name: 'web', healthy: 3, desired: 2, allowed: 1 }] }) },
        ),
      ),
      { budget: { healthy: 9, desired: 2, allowed: 9 } },
      only('broken: PodDisruptionBudget/web in shop has 1 healthy pod.', onBudget),
    ],
    [
      'a budget as it is, where budgets were not all read',
      budget(1),
      unread('pod disruption budgets'),
      { budget: { healthy: 3, desired: 1, allowed: 0 } },
      only('broken: PodDisruptionBudget/web in shop has 0 evictions to spare.', onBudget),
    ],
    [
      'pods of the same name elsewhere, which were not gathered',
      pods(1, 'stage'),
      scaled,
      {},
      only('unknown: It timed out.', 'pods stage/Deployment/web'),
    ],
    [
      'endpoints of the same name elsewhere, which were not gathered',
      endpoints(1, 'stage'),
      scaled,
      {},
      only('unknown: It timed out.', 'endpoints stage/web', 'pods stage/Deployment/web'),
    ],
    [
      'a budget of the same name elsewhere, which was not gathered',
      budget(1, 'web', 'stage'),
      scaled,
      {},
      only('unknown: It timed out.', 'budget stage/web'),
    ],
    [
      'a budget that was not seen and is gone',
      budget(1, 'api'),
      scaled,
      { budget: 'gone' },
      { told: [], asked: ['budget shop/api'] },
    ],
    [
      'a budget that was not seen and cannot be read',
      budget(1, 'api'),
      scaled,
      {},
      only('unknown: It timed out.', 'budget shop/api'),
    ],
  ])('%s', async (_name, constraint, of, live, expected) => {
    expect(await standing(constraint, [of], live)).toEqual(expected);
  });
});

test('of several it is enough that the Services around one were not read', async () => {
  const live = { endpoints: 0, pods: { ready: 3, desired: 3 } };
  expect(await standing(endpoints(1), [scaled, unread('services')], live)).toEqual(
    only('broken: Service/web in shop has 0 ready endpoints.', onEndpoints, onPods),
  );
});
