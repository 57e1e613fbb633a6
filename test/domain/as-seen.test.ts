import { expect, test } from 'vitest';
import { isAsSeen } from '../../src/domain/constraints/as-seen.ts';
import { type Answered, type Asked, known, notKnown } from '../../src/domain/constraints/readings.ts';
import { dependents, deploymentFacts, restartOf } from '../fixtures/facts.ts';

const facts = deploymentFacts(
  { desired: 3, ready: 3 },
  {
    neighbourhood: dependents({
      services: [{ name: 'web', ready: 5, own: 3 }],
      budgets: [{ name: 'web', healthy: 3, desired: 2, allowed: 1 }],
    }),
  },
);
const members = [{ action: restartOf(), facts }];

const pods: Asked = { kind: 'pods', namespace: 'shop', name: 'Deployment/web' };
const endpoints: Asked = { kind: 'endpoints', namespace: 'shop', name: 'web' };
const budget: Asked = { kind: 'budget', namespace: 'shop', name: 'web' };
const ofPods = (ready: number, desired: number | undefined): Answered => ({
  kind: 'pods',
  reading: known({ ready, desired }),
});
const ofBudget = (healthy: number, desired: number, allowed: number): Answered => ({
  kind: 'budget',
  reading: known({ healthy, desired, allowed }),
});

test.each<[string, Asked, Answered | undefined, boolean]>([
  ['pods that are all there', pods, ofPods(3, 3), true],
  ['a pod fewer', pods, ofPods(2, 3), false],
  ['a pod more', pods, ofPods(4, 4), false],
  ['another number that is wanted', pods, ofPods(3, 4), false],
  ['a number that is not known', pods, ofPods(3, undefined), false],
  ['pods that cannot be seen', pods, { kind: 'pods', reading: notKnown('403') }, false],
  ['no answer', pods, undefined, false],
  ['an answer to something else', pods, { kind: 'endpoints', reading: known(3) }, false],
  ['pods of another owner', { ...pods, name: 'Deployment/cart' }, ofPods(3, 3), false],
  ['pods in another namespace', { ...pods, namespace: 'payments' }, ofPods(3, 3), false],
  ['endpoints', endpoints, { kind: 'endpoints', reading: known(5) }, true],
  ['an endpoint fewer', endpoints, { kind: 'endpoints', reading: known(4) }, false],
  [
    'a Service that was not seen',
    { ...endpoints, name: 'cart' },
    { kind: 'endpoints', reading: known(5) },
    false,
  ],
  ['a budget', budget, ofBudget(3, 2, 1), true],
  ['a budget with less to spare', budget, ofBudget(3, 2, 0), false],
  ['a budget that wants more', budget, ofBudget(3, 3, 1), false],
  ['a budget that is gone', budget, { kind: 'budget', reading: known('gone') }, false],
])('%s', (_name, asked, live, isSame) => {
  expect(isAsSeen(members, asked, live)).toBe(isSame);
});
