import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type DeclarativeSpec, declarativeSpec, type LineItem } from '../../../src/domain/spec.ts';
import { asJson, canonicalJson } from '../../../src/domain/text/json.ts';
import { isStricter, tierOf } from '../../../src/domain/tier.ts';
import { bindingOf } from '../../../src/stages/evaluate/binding.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { scoreOf } from '../../../src/stages/evaluate/score.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import { defaultPolicy, noon, specId } from '../../fixtures/facts.ts';
import { casesOf } from '../../support/cases.ts';

const many = { numRuns: casesOf(4_000) };

const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });

const items: fc.Arbitrary<Omit<LineItem, 'counted'>> = fc.record({
  rule: fc.constant('any'),
  term: fc.constantFrom(
    'availability',
    'data',
    'controlPlane',
    'irreversibility',
    'breadth',
    'environment',
    'floor',
    'block',
  ),
  points: fc.double({ min: 0, max: 120, noNaN: true }),
  sentence: fc.constant('Because.'),
  source: fc.constant('test'),
});

/** Lists around the target, and the fact that is named when one could not be read. */
const lists = [
  ['budgets', 'pod disruption budgets'],
  ['services', 'services'],
  ['hosts', 'ingresses'],
  ['dependencies', 'validating webhooks'],
  ['quotas', 'resource quotas'],
  ['leases', 'leases'],
  ['soleWorkloads', 'pods of the cluster'],
] as const;

function reversed({ neighbourhood, ...rest }: Facts): Facts {
  const dependents = neighbourhood === undefined ? {} : { neighbourhood: backwards(neighbourhood) };
  return { ...reversedSubject(rest), ...dependents };
}

function backwards(dependents: Dependents): Dependents {
  const { budgets, services, hosts, dependencies, quotas, leases, soleWorkloads } = dependents;
  return {
    ...dependents,
    budgets: budgets.toReversed(),
    services: services.toReversed(),
    hosts: hosts.toReversed(),
    dependencies: dependencies.toReversed(),
    quotas: quotas.toReversed(),
    leases: leases.toReversed(),
    soleWorkloads: soleWorkloads.toReversed(),
  };
}

function reversedSubject(facts: Facts): Facts {
  const { subject, unknown } = facts;
  if (subject.kind === 'node') {
    const { tenants = [], taints = [], owners = [], budgets = [] } = subject;
    const lists = { tenants: tenants.toReversed(), taints: taints.toReversed() };
    const others = { owners: owners.toReversed(), budgets: budgets.toReversed() };
    return { ...facts, unknown: unknown.toReversed(), subject: { ...subject, ...lists, ...others } };
  }
  if (subject.kind !== 'workload') return { ...facts, unknown: unknown.toReversed() };
  return {
    ...facts,
    unknown: unknown.toReversed(),
    subject: {
      ...subject,
      pods: subject.pods.toReversed(),
      containers: subject.containers.toReversed(),
      revisions: subject.revisions.toReversed(),
    },
  };
}

describe('evaluation', () => {
  it('gives a valid spec whose score and tier agree', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const spec = judge(action, facts);
        expect(declarativeSpec.safeParse(spec).error).toBeUndefined();
        expect(spec.tier).toBe(tierOf(spec.score));
        expect(spec.blockedReason === null).toBe(spec.tier !== 'blocked');
      }),
      many,
    );
  });

  it('gives the same bytes for the same input', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const again = judge(structuredClone(action), structuredClone(facts));
        expect(canonicalJson(asJson(judge(action, facts)))).toBe(canonicalJson(asJson(again)));
      }),
      many,
    );
  });

  it('is never milder for knowing less, and a block stays a block', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const more = {
          ...facts,
          unknown: [...facts.unknown, { fact: 'warning events', reason: 'timed out' } as const],
        };
        const [before, now] = [judge(action, facts).tier, judge(action, more).tier];
        expect(isStricter(before, now)).toBe(false);
        expect(now).not.toBe('auto');
      }),
      many,
    );
  });

  it('is never milder for a list around the target that could not be read; a block it held is for two people', () => {
    fc.assert(
      fc.property(situations, fc.constantFrom(...lists), ({ action, facts }, [list, fact]) => {
        const { neighbourhood } = facts;
        if (neighbourhood === undefined) return;
        const unknown = [...facts.unknown, { fact, reason: 'timed out' }];
        const less = { ...facts, unknown, neighbourhood: { ...neighbourhood, [list]: [] } };
        const [before, now] = [judge(action, facts).tier, judge(action, less).tier];
        if (before === 'blocked') expect(['dual', 'blocked']).toContain(now);
        else expect(isStricter(before, now)).toBe(false);
      }),
      { numRuns: casesOf(20_000) },
    );
  });

  it('is never milder in production', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const policy = {
          ...defaultPolicy,
          namespaces: { ...defaultPolicy.namespaces, production: ['shop', 'prod'] },
        };
        const inProduction = evaluate({ id: specId, now: noon, action, facts, policy });
        expect(isStricter(judge(action, facts).tier, inProduction.tier)).toBe(false);
      }),
      many,
    );
  });

  it('does not depend on the order of what was listed', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const [one, other] = [judge(action, facts), judge(action, reversed(facts))];
        expect(other).toMatchObject({ tier: one.tier, score: one.score, rollbackPlan: one.rollbackPlan });
        expect(canonicalJson(bindingOf(other, reversed(facts)))).toBe(canonicalJson(bindingOf(one, facts)));
      }),
      many,
    );
  });

  it('never falls when a finding is added, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(items), items, fc.nat(), (found, extra, at) => {
        const more = found.toSpliced(at % (found.length + 1), 0, extra);
        expect(scoreOf(more).score).toBeGreaterThanOrEqual(scoreOf(found).score);
      }),
      many,
    );
  });
});
