import { describe, expect, test } from 'vitest';
import type { Constraint } from '../../src/domain/constraints/constraint.ts';
import {
  conditionText,
  holds,
  isCounted,
  isWatched,
  type Phase,
} from '../../src/domain/constraints/kinds.ts';
import { known, notKnown, type Readings } from '../../src/domain/constraints/readings.ts';

const sentence = 'It holds.';
const place = { owner: 'Deployment/web', namespace: 'shop' } as const;

const nothingWrong: Readings = {
  production: () => known(undefined),
  withoutSnapshot: () => known([]),
  revisions: () => known([1, 2]),
  pods: () => known({ ready: 3, desired: 3 }),
  endpoints: () => known(3),
  budget: () => known({ healthy: 3, desired: 2, allowed: 1 }),
};

const unread = () => notKnown('It timed out.');
const nothingRead: Readings = {
  production: unread,
  withoutSnapshot: unread,
  revisions: unread,
  pods: unread,
  endpoints: unread,
  budget: unread,
};

const beforehand = (parts: Partial<Readings> = {}): Phase => ({
  name: 'before',
  readings: { ...nothingWrong, ...parts },
});
const meanwhile = (parts: Partial<Readings> = {}): Phase => ({
  name: 'during',
  readings: { ...nothingWrong, ...parts },
});

const all = {
  outside_production: { kind: 'outside_production', namespace: 'shop', sentence },
  scale_to_zero: { kind: 'scale_to_zero', ...place, sentence },
  minimum_replicas: { kind: 'minimum_replicas', replicas: 2, from: 3, ...place, sentence },
  snapshot_required: { kind: 'snapshot_required', sentence },
  previous_revision: { kind: 'previous_revision', revision: 2, ...place, sentence },
  ready_pods: { kind: 'ready_pods', pods: 2, of: 3, ...place, sentence },
  ready_endpoints: {
    kind: 'ready_endpoints',
    namespace: 'shop',
    service: 'web',
    endpoints: 2,
    behind: [{ owner: 'Deployment/web', of: 3 }],
    sentence,
  },
  disruption_budget: {
    kind: 'disruption_budget',
    namespace: 'shop',
    budget: 'web',
    spare: 1,
    healthy: 2,
    sentence,
  },
} as const satisfies Record<Constraint['kind'], Constraint>;

const each: [Constraint['kind'], Constraint][] = Object.values(all).map((one) => [one.kind, one]);

describe('every kind', () => {
  test.each(each)('%s holds when nothing is wrong', (_kind, constraint) => {
    expect(holds(constraint, beforehand())).toEqual({ kind: 'holds' });
    expect(holds(constraint, meanwhile())).toEqual({ kind: 'holds' });
  });

  test.each(each)('%s is not known to hold where nothing could be read', (_kind, constraint) => {
    expect(holds(constraint, { name: 'before', readings: nothingRead }).kind).toBe('unknown');
    const later = holds(constraint, { name: 'during', readings: nothingRead }).kind;
    expect(later).toBe(isWatched(constraint) ? 'unknown' : 'holds');
  });
});

const pods = (ready: number, desired: number | undefined = 3): Partial<Readings> => ({
  pods: () => known({ ready, desired }),
});
const endpoints = (ready: number, desired = 3): Partial<Readings> => ({
  endpoints: () => known(ready),
  ...pods(3, desired),
});
const budget = (healthy: number, allowed: number, desired = 2): Partial<Readings> => ({
  budget: () => known({ healthy, desired, allowed }),
});

describe('what breaks them', () => {
  test.each<[string, Constraint, Phase, string]>([
    [
      'the policy calls the namespace production by now',
      all.outside_production,
      beforehand({ production: () => known('shop') }),
      'shop is a production namespace now.',
    ],
    [
      'so a scale to zero may not be',
      all.scale_to_zero,
      beforehand({ production: () => known('shop') }),
      'shop is a production namespace now.',
    ],
    [
      'no snapshot is there',
      all.snapshot_required,
      beforehand({ withoutSnapshot: () => known(['Deployment/web in shop']) }),
      'There is no snapshot of Deployment/web in shop.',
    ],
    [
      'the revision is out of the history',
      all.previous_revision,
      beforehand({ revisions: () => known([3]) }),
      'Deployment/web in shop has revision 3 to go back to.',
    ],
    [
      'there is no revision at all',
      { kind: 'previous_revision', ...place, sentence },
      beforehand({ revisions: () => known([]) }),
      'Deployment/web in shop has no earlier revision to go back to.',
    ],
    [
      'somebody has taken the replicas down before',
      all.minimum_replicas,
      beforehand(pods(1, 1)),
      'Deployment/web in shop has 1 replica.',
    ],
    [
      'somebody takes the replicas down during',
      all.minimum_replicas,
      meanwhile(pods(1, 1)),
      'Deployment/web in shop has 1 replica.',
    ],
    [
      'too few pods would be left',
      all.ready_pods,
      beforehand(pods(1)),
      'Deployment/web in shop has 1 ready pod.',
    ],
    [
      'too few pods are ready',
      all.ready_pods,
      meanwhile(pods(0)),
      'Deployment/web in shop has 0 ready pods.',
    ],
    [
      'the owner is gone',
      all.ready_pods,
      meanwhile({ pods: () => known({ ready: 0, desired: undefined }) }),
      'Deployment/web in shop has 0 ready pods.',
    ],
    [
      'too few endpoints would be left',
      all.ready_endpoints,
      beforehand(endpoints(1)),
      'Service/web in shop has 1 ready endpoint.',
    ],
    [
      'too few endpoints are ready',
      all.ready_endpoints,
      meanwhile(endpoints(0)),
      'Service/web in shop has 0 ready endpoints.',
    ],
    [
      'the budget is used up before',
      all.disruption_budget,
      beforehand(budget(2, 0)),
      'PodDisruptionBudget/web in shop has 0 evictions to spare.',
    ],
    [
      'the budget is overdrawn during',
      all.disruption_budget,
      meanwhile(budget(1, 0)),
      'PodDisruptionBudget/web in shop has 1 healthy pod.',
    ],
  ])('%s', (_name, constraint, phase, reason) => {
    expect(holds(constraint, phase)).toMatchObject({ kind: 'broken', reason });
  });
});

describe('what does not', () => {
  test.each<[string, Constraint, Phase]>([
    [
      'a scale up begins below its minimum',
      { ...all.minimum_replicas, replicas: 4, from: 1 },
      beforehand(pods(1, 1)),
    ],
    [
      'an older row, which is bound to the number',
      { kind: 'minimum_replicas', replicas: 4, sentence },
      beforehand(),
    ],
    ['fewer pods ready because fewer are wanted', all.ready_pods, meanwhile(pods(1, 2))],
    ['more wanted asks for no more', all.ready_pods, meanwhile(pods(2, 9))],
    ['fewer endpoints because fewer pods are wanted', all.ready_endpoints, meanwhile(endpoints(1, 2))],
    ['a budget that the change itself uses', all.disruption_budget, meanwhile(budget(2, 0))],
    ['a budget that wants fewer by now', all.disruption_budget, meanwhile(budget(1, 0, 1))],
    ['a budget that is gone', all.disruption_budget, beforehand({ budget: () => known('gone') })],
  ])('%s', (_name, constraint, phase) => {
    expect(holds(constraint, phase)).toEqual({ kind: 'holds' });
  });
});

describe('what is said of how long it holds', () => {
  const onlyBefore = { ...all.disruption_budget, healthy: 0 };
  test.each<[string, Constraint, string]>([
    ['a budget that keeps pods', all.disruption_budget, `${sentence} Watched until verified.`],
    ['a budget that keeps none is only asked before', onlyBefore, sentence],
    ['what is of no pod', all.snapshot_required, sentence],
  ])('%s', (_name, constraint, text) => {
    expect(conditionText(constraint)).toBe(text);
  });

  test('what is counted may be one fewer at one look', () => {
    expect([onlyBefore, all.ready_pods, all.snapshot_required].map(isCounted)).toEqual([true, true, false]);
  });
});
