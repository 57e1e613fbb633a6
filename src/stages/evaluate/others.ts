import type { Case } from '../../domain/case.ts';
import type { Dependents } from '../../domain/facts/dependents.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { endpointsLeft } from './disturbance.ts';
import { ruleInput } from './evaluate.ts';
import type { RuleInput } from './rule.ts';

/**
 * The facts of one of several objects at the worst moment of all those before it: their ready pods and endpoints are
 * gone, and what they take from budgets and quotas is taken. Three pods of one Deployment deleted by one command are an
 * outage, although each of them alone is not.
 */
export function afterOthers(members: readonly Case[], index: number, policy: Policy): Facts {
  const own = members[index]?.facts;
  if (own === undefined) throw new Error(`there is no member ${index}`);
  return members
    .slice(0, index)
    .reduce((facts, other) => without(facts, ruleInput({ ...other, policy })), own);
}

function without(facts: Facts, other: RuleInput): Facts {
  const { neighbourhood } = facts;
  const subject = withoutSibling(facts.subject, other);
  return neighbourhood === undefined
    ? { ...facts, subject }
    : { ...facts, subject, neighbourhood: taken(neighbourhood, other) };
}

/** A pod of the same controller that goes as well leaves it one ready pod fewer. */
function withoutSibling(subject: Facts['subject'], { effect, facts }: RuleInput): Facts['subject'] {
  const other = facts.subject;
  if (subject.kind !== 'pod' || other.kind !== 'pod' || effect.pods.deleted + effect.pods.released === 0)
    return subject;
  const { controller } = subject;
  const same = controller?.kind === other.controller?.kind && controller?.name === other.controller?.name;
  if (!same || controller?.ready === undefined || !other.pod.ready) return subject;
  return { ...subject, controller: { ...controller, ready: Math.max(0, controller.ready - 1) } };
}

function taken(dependents: Dependents, other: RuleInput): Dependents {
  const theirs = other.facts.neighbourhood;
  if (theirs === undefined) return dependents;
  const { readiness } = other.effect;
  const lost = readiness === undefined ? 0 : readiness.before - readiness.left;
  return {
    ...dependents,
    services: dependents.services.map((service) => {
      const shared = theirs.services.find(({ name }) => name === service.name);
      const gone = shared === undefined ? 0 : shared.ready - endpointsLeft(other, shared);
      return { ...service, ready: Math.max(0, service.ready - gone) };
    }),
    budgets: dependents.budgets.map((budget) => {
      const shared = theirs.budgets.some(({ name }) => name === budget.name);
      return shared ? { ...budget, allowed: Math.max(0, budget.allowed - lost) } : budget;
    }),
  };
}
