import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { evaluate } from '../../src/stages/evaluate/evaluate.ts';
import { situations } from '../fixtures/arbitrary.ts';
import { defaultPolicy, noon, specId } from '../fixtures/facts.ts';

const judging = { id: specId, now: noon, policy: defaultPolicy };

/** The facts without what the effect of some verb is worked out from; undefined where nothing of it is there. */
const gaps: Readonly<Record<string, (facts: Facts) => Facts | undefined>> = {
  'how many other pods are ready': (facts) => {
    const { subject } = facts;
    if (subject.kind !== 'pod' || subject.controller?.ready === undefined) return undefined;
    const { ready: _ready, ...controller } = subject.controller;
    return { ...facts, subject: { ...subject, controller } };
  },
  'the pods of a node': (facts) => {
    if (facts.subject.kind !== 'node' || facts.subject.tenants === undefined) return undefined;
    const { tenants: _pods, owners: _owners, budgets: _budgets, ...subject } = facts.subject;
    return { ...facts, subject };
  },
  'what selects the pod': ({ pickers, ...facts }) => (pickers === undefined ? undefined : facts),
  'what is placed by a label': ({ placements, ...facts }) => (placements === undefined ? undefined : facts),
  'what the fields hold': ({ fields, ...facts }) => (fields === undefined ? undefined : facts),
  'what depends on the pods': ({ neighbourhood, ...facts }) =>
    neighbourhood === undefined ? undefined : facts,
};

describe('an effect that is not known counts as the worst that it can be', () => {
  test.each(Object.entries(gaps))('%s', (_name, without) => {
    let met = 0;
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const less = without(facts);
        if (less === undefined) return;
        const known = evaluate({ ...judging, action, facts });
        // A hard rule needs to know what it blocks; short of it nothing may look better for being unknown.
        if (known.tier === 'blocked') return;
        met += 1;
        expect(evaluate({ ...judging, action, facts: less }).score).toBeGreaterThanOrEqual(known.score);
      }),
      { numRuns: 1500 },
    );
    expect(met).toBeGreaterThan(10);
  });
});
