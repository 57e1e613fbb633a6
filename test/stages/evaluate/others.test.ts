import { describe, expect, it } from 'vitest';
import type { Case } from '../../../src/domain/case.ts';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { afterOthers } from '../../../src/stages/evaluate/others.ts';
import {
  barePodFacts,
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  podFact,
  podFacts,
  restartOf,
  scaleTo,
} from '../../fixtures/facts.ts';

const behind = (first: Case, then: Case): Facts => afterOthers([first, then], 1, defaultPolicy);
const deleted = (parts: Parameters<typeof podFacts>[0] = {}): Case => ({
  action: deletePodIn(),
  facts: podFacts(parts),
});
const owned = (kind: string, name: string, ready = 3) =>
  deleted({ controller: { kind, name, desired: 3, ready } });
const web = owned('ReplicaSet', 'web-c');
const bare: Case = { action: deletePodIn(), facts: barePodFacts() };
const restarted: Case = { action: restartOf(), facts: deploymentFacts() };

describe('a pod after another of its controller', () => {
  const left = ({ subject }: Facts) => (subject.kind === 'pod' ? subject.controller?.ready : undefined);
  it.each<[string, Case, Case, number | undefined]>([
    ['goes as well', web, web, 2],
    ['was the last that was ready', owned('ReplicaSet', 'web-c', 0), owned('ReplicaSet', 'web-c', 0), 0],
    ['was not ready', deleted({ pod: podFact('web-1', { ready: false }) }), web, 3],
    ['is of another controller', owned('ReplicaSet', 'api'), web, 3],
    ['is of another kind of that name', owned('StatefulSet', 'web-c'), web, 3],
    ['has no controller', bare, web, 3],
    ['is no pod', restarted, web, 3],
    ['is of a controller, and this one of none', web, bare, undefined],
  ])('that %s', (_name, first, then, expected) => {
    expect(left(behind(first, then))).toBe(expected);
  });
});

describe('what the others before take', () => {
  const beside = (given: Case, more: Partial<Dependents>): Case => ({
    ...given,
    facts: { ...given.facts, neighbourhood: dependents(more) },
  });
  const service = (name: string, ready: number, own = 3) => ({ name, ready, own });
  const budget = (name: string, allowed: number) => ({ name, healthy: 5, desired: 3, allowed });
  const gone: Case = { action: scaleTo(1), facts: deploymentFacts() };
  const mine = {
    services: [service('web', 5), service('own', 4)],
    budgets: [budget('web', 3), budget('own', 3)],
  };
  const theirs = { services: [service('web', 5)], budgets: [budget('web', 3)] };

  it('is taken from the Services and budgets that they share, and from no other', () => {
    const facts = behind(beside(gone, theirs), beside(gone, mine));
    expect(facts.neighbourhood).toMatchObject({
      services: [service('web', 3), service('own', 4)],
      budgets: [budget('web', 1), budget('own', 3)],
    });
  });

  it('is never more than there is', () => {
    const few = { services: [service('web', 1, 1)], budgets: [budget('web', 1)] };
    expect(behind(beside(gone, theirs), beside(gone, few)).neighbourhood).toMatchObject({
      services: [service('web', 0, 1)],
      budgets: [budget('web', 0)],
    });
  });

  it('is nothing where they take nothing, or where it was not read', () => {
    expect(behind(beside(restarted, theirs), beside(gone, mine)).neighbourhood).toMatchObject(mine);
    const { neighbourhood: _neighbourhood, ...unread } = deploymentFacts();
    expect(behind({ action: scaleTo(1), facts: unread }, beside(gone, mine)).neighbourhood).toMatchObject(
      mine,
    );
    expect(behind(beside(gone, theirs), { action: scaleTo(1), facts: unread })).toEqual(unread);
  });

  it('is of those before it alone', () => {
    const members = [beside(gone, theirs), beside(gone, mine), beside(gone, theirs)];
    expect(afterOthers(members, 0, defaultPolicy)).toEqual(members[0]?.facts);
    expect(afterOthers(members, 1, defaultPolicy)).not.toEqual(members[1]?.facts);
    expect(() => afterOthers(members, 3, defaultPolicy)).toThrow('there is no member 3');
  });
});
