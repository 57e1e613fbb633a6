import { describe, expect, test } from 'vitest';
import { noPods, nothingFollows, nothingToPutBack, quietEffect } from '../../../src/actions/no-effect.ts';
import type { Effect, PodsChanged } from '../../../src/domain/effect.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import {
  contradicts,
  disturbedPods,
  endingPods,
  endpointsLeft,
  isFelt,
  touchedPods,
} from '../../../src/stages/evaluate/disturbance.ts';
import { cronJobFacts, jobFacts } from '../../fixtures/batch.ts';
import { deploymentFacts, nodeFacts, nodePod, podFacts } from '../../fixtures/facts.ts';
import { autoscalerFacts } from '../../fixtures/fields.ts';

const quiet = quietEffect({
  rollout: 'competes',
  drift: nothingToPutBack,
  consequences: nothingFollows,
  unknown: [],
});
const pods = (parts: Partial<PodsChanged>): PodsChanged => ({ ...noPods, ...parts });
const readiness = { before: 3, left: 2 };
const size = { from: 3, to: 5, by: 'person' } as const;
const smaller = { from: 3, to: 2, by: 'person' } as const;
const lost = { stopsSchedule: false, work: 'gone' } as const;
const claims = { now: 1, laterDownTo: undefined };

test.each<[string, Partial<PodsChanged>, number]>([
  ['none', {}, 0],
  [
    'all of them',
    { replaced: 1, started: 2, stopped: 4, deleted: 8, released: 16, moved: [nodePod('a'), nodePod('b')] },
    33,
  ],
  ['its own number where that is larger', { replaced: 1, affected: { ...noPods.affected, pods: 5 } }, 5],
  ['their sum where that is larger', { replaced: 9, affected: { ...noPods.affected, pods: 5 } }, 9],
])('pods that an effect speaks of: %s', (_name, parts, touched) => {
  expect(touchedPods(pods(parts))).toBe(touched);
});

test.each<[string, number, Partial<Effect>, boolean]>([
  ['nothing', 0, {}, false],
  ['a pod', 1, {}, true],
  ['a size', 0, { size }, true],
  ['readiness', 0, { readiness }, true],
  ['endpoints', 0, { endpoints: [{ service: 'web', ready: 3, left: 0 }] }, true],
  ['claims', 0, { claims }, true],
  ['work', 0, { run: lost }, true],
  ['a schedule without work', 0, { run: { stopsSchedule: true, work: undefined } }, false],
])('%s is felt', (_name, touched, parts, felt) => {
  expect(isFelt({ touched, effect: { ...quiet, ...parts } })).toBe(felt);
});

const kinds = {
  workload: deploymentFacts(),
  pod: podFacts(),
  job: jobFacts(),
  cronJob: cronJobFacts(),
  autoscaler: autoscalerFacts({ current: 3 }),
  node: nodeFacts(),
} as const;
type Kind = keyof typeof kinds;

/** What each kind of object has of an effect. */
const has: Readonly<Record<string, readonly [Partial<Effect>, readonly Kind[]]>> = {
  nothing: [{}, ['workload', 'pod', 'job', 'cronJob', 'autoscaler', 'node']],
  'replaced pods': [{ pods: pods({ replaced: 1 }), readiness }, ['workload', 'job']],
  'stopped pods': [{ pods: pods({ stopped: 1 }), readiness }, ['workload', 'job']],
  'started pods': [
    { pods: pods({ started: 1 }) },
    ['workload', 'pod', 'job', 'cronJob', 'autoscaler', 'node'],
  ],
  'deleted pods': [{ pods: pods({ deleted: 1 }) }, ['pod']],
  'released pods': [{ pods: pods({ released: 1 }) }, ['pod']],
  'moved pods': [{ pods: pods({ moved: [nodePod('a')] }) }, ['node']],
  'ready pods': [{ readiness }, ['workload', 'pod', 'job']],
  'another size': [{ size, readiness }, ['workload']],
  'another limit': [{ size }, ['workload', 'autoscaler']],
  'a smaller size': [{ size: smaller, readiness }, ['workload']],
  'a smaller limit': [{ size: smaller }, ['autoscaler']],
  'lost work': [{ run: lost, pods: pods({ stopped: 1 }), readiness }, ['job']],
  'lost work of no pod': [{ run: lost, readiness }, []],
  'replaced pods of which nobody says how many stay': [{ pods: pods({ replaced: 1 }) }, []],
  'stopped pods of which nobody says how many stay': [{ pods: pods({ stopped: 1 }) }, []],
  'claims without a size': [{ claims, readiness }, []],
  'claims with a size': [{ claims, readiness, size }, ['workload']],
  'ready pods that are not known, of none that goes': [{ unknown: ['readiness'] }, []],
  'ready pods that are not known, of a deleted one': [
    { unknown: ['readiness'], pods: pods({ deleted: 1 }) },
    ['pod'],
  ],
  'ready pods that are not known, of a released one': [
    { unknown: ['readiness'], pods: pods({ released: 1 }) },
    ['pod'],
  ],
};

describe('an effect contradicts itself where its kind of object does not have it', () => {
  const cases = Object.entries(has).flatMap(([what, [parts, of]]) =>
    Object.entries(kinds).map(
      ([kind, facts]) => [kind, what, parts, facts, !of.some((each) => each === kind)] as const,
    ),
  );
  test.each(cases)('a %s: %s', (_kind, _what, parts, facts, torn) => {
    const effect = { ...quiet, ...parts };
    expect(contradicts({ effect, facts, touched: touchedPods(effect.pods) })).toBe(torn);
  });

  test.each<[string, Facts, Partial<Effect>, boolean]>([
    [
      'a pod that holds up the rollout',
      deploymentFacts({ heldUpBy: { pods: 1, firstOrdinal: 0 } }),
      { readiness },
      false,
    ],
    [
      'the same, and nobody says how many stay ready',
      deploymentFacts({ heldUpBy: { pods: 1, firstOrdinal: 0 } }),
      {},
      true,
    ],
    ['a pod that holds up nothing', deploymentFacts(), { readiness }, true],
  ])('deleted from a workload: %s', (_name, facts, parts, torn) => {
    const effect = { ...quiet, ...parts, pods: pods({ deleted: 1 }) };
    expect(contradicts({ effect, facts, touched: 1 })).toBe(torn);
  });
});

test.each<[Kind, Partial<PodsChanged>, disturbed: number, ending: number]>([
  ['workload', { started: 2 }, 2, 2],
  ['job', { started: 2 }, 0, 0],
  ['cronJob', { started: 2 }, 0, 0],
  ['job', { started: 2, stopped: 1 }, 1, 1],
  ['pod', { deleted: 1 }, 1, 1],
  ['pod', { released: 1 }, 1, 0],
  ['workload', { replaced: 3 }, 3, 3],
])('of a %s with %j so many are disturbed: %d, and end: %d', (kind, parts, disturbed, ending) => {
  const effect = { ...quiet, pods: pods(parts) };
  const judged = { effect, facts: kinds[kind], touched: touchedPods(effect.pods) };
  expect([disturbedPods(judged), endingPods(judged)]).toEqual([disturbed, ending]);
});

test('endpoints that nobody takes stay', () => {
  const effect = {
    ...quiet,
    endpoints: [
      { service: 'api', ready: 3, left: 0 },
      { service: 'web', ready: 3, left: 2 },
    ],
  };
  const of = (name: string) => endpointsLeft({ effect }, { name, ready: 5 });
  expect([of('web'), of('api'), of('other')]).toEqual([2, 0, 5]);
});
