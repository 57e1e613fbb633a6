import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { ActionKind } from '../../src/actions/action-kind.ts';
import { actionKinds, kindOf } from '../../src/actions/action-kinds.ts';
import type { Command } from '../../src/actions/command.ts';
import { noPods, nothingFollows, nothingToPutBack, quietEffect } from '../../src/actions/no-effect.ts';
import { type Action, type Verb, verbs } from '../../src/domain/action.ts';
import type { Case } from '../../src/domain/case.ts';
import type { Effect, PodsChanged } from '../../src/domain/effect.ts';
import type { DeclarativeSpec } from '../../src/domain/spec.ts';
import { evaluate, evaluateAs } from '../../src/stages/evaluate/evaluate.ts';
import { situations } from '../fixtures/arbitrary.ts';
import { cronJobFacts, jobFacts, suspendCronJob, suspendJob } from '../fixtures/batch.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  nodeFacts,
  nodePod,
  noon,
  podFacts,
  restartOf,
  specId,
} from '../fixtures/facts.ts';

/** The members of `T` without which a value is a `T` all the same. */
type MayBeLeftOut<T> = { [K in keyof T]: Omit<T, K> extends T ? K : never }[keyof T];

type Kinds = { [V in Verb]: ActionKind<V> };

describe('what is left out does not compile', () => {
  test('a verb without one of its members', () => {
    expectTypeOf<MayBeLeftOut<ActionKind<'rollout restart'>>>().toEqualTypeOf<never>();
    expectTypeOf<MayBeLeftOut<Command<'rollout restart'>>>().toEqualTypeOf<never>();
  });

  test('an effect without one of its parts', () => {
    expectTypeOf<MayBeLeftOut<Effect>>().toEqualTypeOf<never>();
    expectTypeOf<MayBeLeftOut<PodsChanged>>().toEqualTypeOf<never>();
  });

  test('a table without one of the verbs', () => {
    expectTypeOf<MayBeLeftOut<Kinds>>().toEqualTypeOf<never>();
    expectTypeOf(actionKinds).toExtend<Kinds>();
    expect(Object.keys(actionKinds).toSorted()).toEqual(verbs.toSorted());
  });
});

const judging = { id: specId, now: noon, policy: defaultPolicy };

/** The same action under a verb that nobody has heard of. */
const renamed = (action: Action): Action => Object.assign({}, action, { verb: 'no verb of ours' });

const isStub = ({ action }: Case): boolean => !verbs.some((verb) => verb === action.verb);

/** A kind that says of anything what the real kind says of this. */
function stubOf(real: Case): ActionKind<Verb> {
  const kind = kindOf(real.action.verb);
  return {
    ...kind,
    precondition: () => kind.precondition(real),
    effect: () => kind.effect(real),
    targetState: () => kind.targetState(real),
    rollback: () => kind.rollback(real),
    constraints: () => kind.constraints(real),
  };
}

/** All of a verdict but its words, which may say what was asked for. */
const weighed = ({ score, tier, lineItems, constraints }: DeclarativeSpec) => ({
  score,
  tier,
  lineItems: lineItems.map(({ sentence: _words, ...line }) => line),
  constraints,
});

describe('a verb that nobody has heard of', () => {
  test('with the effect of a verb has its score, its tier and every line', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const real = evaluate({ ...judging, action, facts });
        const stub = { ...judging, action: renamed(action), facts };
        expect(isStub(stub)).toBe(true);
        expect(weighed(evaluateAs(stubOf({ action, facts }), stub))).toEqual(weighed(real));
      }),
      { numRuns: 1000 },
    );
  });

  test('every verb is among those that were tried', () => {
    const tried = new Set(fc.sample(situations, { numRuns: 2000, seed: 1 }).map(({ action }) => action.verb));
    expect([...tried].toSorted()).toEqual(verbs.toSorted());
  });

  test('with the effect of a restart it is an outage under Recreate, not a trifle', () => {
    const facts = deploymentFacts({ strategy: { type: 'Recreate' } });
    const action = restartOf();
    const stub = { ...judging, action: renamed(action), facts };
    expect(evaluateAs(stubOf({ action, facts }), stub)).toMatchObject({
      tier: 'human',
      score: 42,
    });
  });
});

describe('an effect that is told by halves is never a trifle', () => {
  const quiet = quietEffect({
    rollout: 'competes',
    drift: nothingToPutBack,
    consequences: nothingFollows,
    unknown: [],
  });
  const pods = (parts: Partial<PodsChanged>): Partial<Effect> => ({ pods: { ...noPods, ...parts } });
  const halves: [string, Partial<Effect>][] = [
    ['replaced pods', pods({ replaced: 3 })],
    ['stopped pods', pods({ stopped: 3 })],
    ['deleted pods', pods({ deleted: 3 })],
    ['released pods', pods({ released: 3 })],
    ['moved pods', pods({ moved: [nodePod('a'), nodePod('b')] })],
    ['ready pods', { readiness: { before: 3, left: 0 } }],
    ['claims', { claims: { now: 3, laterDownTo: undefined } }],
    ['a smaller size', { size: { from: 3, to: 0, by: 'person' } }],
    ['lost work', { run: { stopsSchedule: false, work: 'gone' } }],
    ['other code', { content: { code: true, configuration: false } }],
    ['ready pods that are not known', { unknown: ['readiness'] }],
  ];
  const targets: [string, Case][] = [
    ['a Deployment', { action: restartOf(), facts: deploymentFacts() }],
    ['a Pod', { action: deletePodIn(), facts: podFacts() }],
    ['a Node', { action: cordonNode, facts: nodeFacts() }],
    ['a Job', { action: suspendJob(), facts: jobFacts() }],
    ['a CronJob', { action: suspendCronJob(), facts: cronJobFacts() }],
  ];
  /** What a half says well enough of one kind of object: there it is judged by the rules, and may be little. */
  const told = new Set(['a Job: ready pods', 'a Pod: ready pods']);
  const cases = targets.flatMap(([target, real]) =>
    halves.map(([half, parts]) => [`${target}: ${half}`, real, parts] as const),
  );
  test.each(cases.filter(([name]) => !told.has(name)))('%s', (_name, real, parts) => {
    const kind = { ...stubOf(real), effect: () => ({ ...quiet, ...parts }), precondition: () => [] };
    const stub = { ...judging, action: renamed(real.action), facts: real.facts };
    expect(evaluateAs(kind, stub).tier).not.toBe('auto');
  });
});
