import type { Action } from '../../domain/action.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import type {
  CronJobSubject,
  Facts,
  JobSubject,
  NodeSubject,
  PodSubject,
  WorkloadSubject,
} from '../../domain/facts/facts.ts';
import type { Membership } from '../../domain/policy/environment.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { LineItem, RollbackPlan } from '../../domain/spec.ts';
import { tierFloor } from '../../domain/tier.ts';
import type { Production } from './whereabouts.ts';

/** Ready pods before the action and the fewest there will be while it runs. */
export interface Readiness {
  readonly before: number;
  readonly left: number;
}

/** What is to be done, and to what. */
export interface Undertaking {
  readonly action: Action;
  readonly facts: Facts;
}

/** What a rule may look at, and what several of them would otherwise work out again. No clock, no randomness, no model: the same input gives the same findings. */
export interface RuleInput extends Undertaking {
  readonly policy: Policy;
  /** `Deployment/web`: how a sentence names the target. */
  readonly name: string;
  /** `Deployment/web in shop`: how a source names it. */
  readonly fullName: string;
  /** `Deployment/web in shop: `, written once for all sources. */
  readonly sourcePrefix: string;
  /** The environments of the policy that the target's namespace is in. */
  readonly memberships: readonly Membership[];
  /** The production namespace that the target lives in; undefined if it is in none. */
  readonly production: Production | undefined;
  readonly rollback: RollbackPlan;
  /** How many pods the action starts, stops or replaces. */
  readonly affected: number;
  /** Undefined where the action takes no ready pod away, or where that is not known. */
  readonly readiness: Readiness | undefined;
  readonly circumstances: Circumstances;
}

/** One line of the score before the fold has decided whether it counts. */
export type Finding = Omit<LineItem, 'rule' | 'counted'>;

/** A rule says nothing, or what it found. It never takes points away: a finding can only raise a tier. */
export type Rule = (input: RuleInput) => readonly Finding[];

/** What most rules say of most actions. One value for all of them, so that saying nothing costs nothing. */
export const nothing: readonly Finding[] = [];

type Scored = Exclude<Finding['term'], 'floor' | 'block'>;

/** Points towards one term of the score, or the factor of the environment term. */
export function points(term: Scored, amount: number, sentence: string, source: string): Finding {
  return { term, points: amount, sentence, source };
}

/** The score is raised to at least the lowest of this tier. */
export function floor(tier: 'human' | 'dual', sentence: string, source: string): Finding {
  return { term: 'floor', points: tierFloor[tier], sentence, source };
}

/** The score is raised to the lowest of this tier; to that of `blocked` by a block. */
export function raise(tier: 'human' | 'dual' | 'blocked', sentence: string, source: string): Finding {
  return tier === 'blocked' ? block(sentence, source) : floor(tier, sentence, source);
}

/** A hard rule: nobody can approve it. */
export function block(sentence: string, source: string): Finding {
  return { term: 'block', points: tierFloor.blocked, sentence, source };
}

/** `Deployment/web in shop: spec.replicas`: the object and the field that a finding was read from. */
export function sourceOf({ sourcePrefix }: RuleInput, field: string): string {
  return `${sourcePrefix}${field}`;
}

/** `1 pod`, `3 pods`. */
export function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

export function workloadOf({ facts }: Undertaking): WorkloadSubject | undefined {
  return facts.subject.kind === 'workload' ? facts.subject : undefined;
}

export function podOf({ facts }: Undertaking): PodSubject | undefined {
  return facts.subject.kind === 'pod' ? facts.subject : undefined;
}

export function nodeOf({ facts }: Undertaking): NodeSubject | undefined {
  return facts.subject.kind === 'node' ? facts.subject : undefined;
}

export function cronJobOf({ facts }: Undertaking): CronJobSubject | undefined {
  return facts.subject.kind === 'cronJob' ? facts.subject : undefined;
}

export function jobOf({ facts }: Undertaking): JobSubject | undefined {
  return facts.subject.kind === 'job' ? facts.subject : undefined;
}
