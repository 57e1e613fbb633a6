import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { specOf } from '../../src/domain/remediation.ts';
import { noon } from '../fixtures/facts.ts';
import { performed } from '../fixtures/performed.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';
import { approve, down, settle, up } from '../fixtures/scripts/steps.ts';

const signal = new AbortController().signal;
const used = (running: number, score = 0, automatic = 0) => ({
  usage: { cluster: { running, score, automatic }, namespace: { running, score, automatic } },
  history: { at: noon, objects: { 'test/shop/Deployment/web': { actions: [], count: 0 } } },
});

const chosen = (given: object) =>
  policy.parse({ version: 1, approvers: { human: { users: ['U0ANN'] } }, ...given });
const oneAtATime = chosen({ budgets: { concurrent: { cluster: 1 } } });

/** The step of the gate for the first remediation, which has been approved by its tier or by U0ANN. */
async function gated(rig: Rig) {
  const row = rig.row(1);
  if (row.state !== 'approved') throw new Error(`it is ${row.state}`);
  const transition = await performed(rig.context, row, 0, signal);
  if (transition === undefined) throw new Error('there is no step');
  return transition;
}

async function byTier(given: object) {
  const rig = createRig({ policy: () => chosen(given) });
  for (const step of [up, { do: 'wake' }, { do: 'wake' }] as const) await playStep(rig, step);
  return rig;
}

describe('who passes the gate goes on provided that', () => {
  test.each([
    ['nothing is used, without budgets', {}, used(0), true],
    ['there is no more room by the usual budgets', {}, used(5), false],
    ['fewer than usual ran by themselves', {}, used(0, 0, 4), true],
    ['as many ran by themselves as usual', {}, used(0, 0, 5), false],
    ['there is room', { budgets: { concurrent: { cluster: 2 } } }, used(1), true],
    ['there is no more room', { budgets: { concurrent: { cluster: 2 } } }, used(2), false],
    ['there is no more room in the namespace', { budgets: { concurrent: { namespace: 2 } } }, used(2), false],
    ['points are left', { budgets: { scorePerHour: { cluster: 100 } } }, used(1, 50), true],
    ['no points are left', { budgets: { scorePerHour: { cluster: 100 } } }, used(0, 100), false],
  ])('%s', async (_name, given, usage, holds) => {
    const { next, proviso } = await gated(await byTier(given));
    expect(next.state).toBe('executing');
    expect(proviso?.holds(usage)).toBe(holds);
  });

  test('people agreed to as much as the budget asks for, whatever is used', async () => {
    const rig = createRig({ policy: () => oneAtATime });
    for (const step of [down, settle, approve()]) await playStep(rig, step);
    expect((await gated(rig)).proviso?.holds(used(9))).toBe(true);
  });
});

test('who is overtaken between the gate and the commit asks the gate again, and then people', async () => {
  let overtaken = false;
  const rig = createRig({
    policy: () => oneAtATime,
    probe: async (point) => {
      if (point !== 'worked:approved' || overtaken) return;
      overtaken = true;
      const other = rig.row(2);
      const transition = await performed(rig.context, other, 0, signal);
      if (transition !== undefined)
        expect(await rig.context.store.transition(other, transition)).toBe('committed');
    },
  });
  await playStep(rig, up);
  await playStep(rig, { do: 'ask', text: 'rollout pause deploy/web -n stage' });
  while (rig.row(1).state !== 'superseded') expect(await rig.wake()).toBe(true);
  expect(rig.now().shelf.events.filter(({ to }) => to === 'executing')).toHaveLength(1);
  while (rig.row(3).state === 'requested') expect(await rig.wake()).toBe(true);
  expect(specOf(rig.row(3))?.lineItems.map(({ sentence }) => sentence)).toContain(
    '1 remediation is running in the cluster, of 1 at a time.',
  );
  await rig.settle();
  expect([1, 2, 3].map((number) => rig.row(number).state)).toEqual(['superseded', 'succeeded', 'waiting']);
});
