import { type Action, describeTarget, namespaceOf } from '../../domain/action.ts';
import type { Facts, NodeSubject, PodSubject, WorkloadSubject } from '../../domain/facts.ts';
import type { Policy } from '../../domain/policy.ts';
import type { LineItem } from '../../domain/spec.ts';
import { tierFloor } from '../../domain/tier.ts';

/** What a rule may look at. No clock, no randomness, no model: the same input gives the same findings. */
export interface RuleInput {
  readonly action: Action;
  readonly facts: Facts;
  readonly policy: Policy;
}

/** One line of the score before the fold has decided whether it counts. */
export type Finding = Omit<LineItem, 'rule' | 'counted'>;

/** A rule says nothing, or what it found. It never takes points away: a finding can only raise a tier. */
export type Rule = (input: RuleInput) => readonly Finding[];

type Scored = Exclude<Finding['term'], 'floor' | 'block'>;

/** Points towards one term of the score, or the factor of the environment term. */
export function points(term: Scored, amount: number, sentence: string, source: string): Finding {
  return { term, points: amount, sentence, source };
}

/** The score is raised to at least the lowest of this tier. */
export function floor(tier: 'human' | 'dual', sentence: string, source: string): Finding {
  return { term: 'floor', points: tierFloor[tier], sentence, source };
}

/** A hard rule: nobody can approve it. */
export function block(sentence: string, source: string): Finding {
  return { term: 'block', points: tierFloor.blocked, sentence, source };
}

/** `Deployment/web in shop: spec.replicas`: the object and the field that a finding was read from. */
export function sourceOf({ action }: RuleInput, field: string): string {
  return `${describeTarget(action.target)}: ${field}`;
}

/** `Deployment/web`: how a sentence names the target. */
export function nameOf({ action }: RuleInput): string {
  return `${action.target.kind}/${action.target.name}`;
}

/** `1 pod`, `3 pods`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The production namespace that the target lives in, by exact name in the policy; undefined if it is in none. */
export function productionNamespace({ action, policy }: RuleInput): string | undefined {
  const namespace = namespaceOf(action.target);
  return namespace !== undefined && policy.namespaces.production.includes(namespace) ? namespace : undefined;
}

export function workloadOf({ facts }: RuleInput): WorkloadSubject | undefined {
  return facts.subject.kind === 'workload' ? facts.subject : undefined;
}

export function podOf({ facts }: RuleInput): PodSubject | undefined {
  return facts.subject.kind === 'pod' ? facts.subject : undefined;
}

export function nodeOf({ facts }: RuleInput): NodeSubject | undefined {
  return facts.subject.kind === 'node' ? facts.subject : undefined;
}
