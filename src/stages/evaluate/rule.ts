import type { Obstacle } from '../../actions/obstacle.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Membership } from '../../domain/policy/environment.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { LineItem, RollbackPlan } from '../../domain/spec.ts';
import { tierFloor } from '../../domain/tier.ts';
import type { Production } from './whereabouts.ts';

export { plural } from '../../actions/obstacle.ts';
export { cronJobOf, jobOf, nodeOf, podOf, workloadOf } from '../../actions/subject.ts';

/** What a rule may look at, and what several of them would otherwise work out again. No clock, no randomness, no model: the same input gives the same findings. */
export interface RuleInput extends Case {
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
  /** What the action does on these facts, worked out once. */
  readonly effect: Effect;
  /** Pods that the effect speaks of in all. */
  readonly touched: number;
  /** Why it makes no sense on these facts, from the action's own kind. */
  readonly obstacles: readonly Obstacle[];
  readonly circumstances: Circumstances;
}

/** One line of the score before the fold has decided whether it counts. `rule`: where it is not the rule that says it. */
export interface Finding extends Omit<LineItem, 'rule' | 'counted'> {
  readonly rule: string | undefined;
}

/** A rule says nothing, or what it found. It never takes points away: a finding can only raise a tier. */
export type Rule = (input: RuleInput) => readonly Finding[];

/** What most rules say of most actions. One value for all of them, so that saying nothing costs nothing. */
export const nothing: readonly Finding[] = [];

type Scored = Exclude<Finding['term'], 'floor' | 'block'>;

/** Points towards one term of the score, or the factor of the environment term. */
export function points(term: Scored, amount: number, sentence: string, source: string): Finding {
  return { rule: undefined, term, points: amount, sentence, source };
}

/** The score is raised to at least the lowest of this tier. */
export function floor(tier: 'human' | 'dual', sentence: string, source: string): Finding {
  return { rule: undefined, term: 'floor', points: tierFloor[tier], sentence, source };
}

/** The score is raised to the lowest of this tier; to that of `blocked` by a block. */
export function raise(tier: 'human' | 'dual' | 'blocked', sentence: string, source: string): Finding {
  return tier === 'blocked' ? block(sentence, source) : floor(tier, sentence, source);
}

/** A hard rule: nobody can approve it. */
export function block(sentence: string, source: string): Finding {
  return { rule: undefined, term: 'block', points: tierFloor.blocked, sentence, source };
}

/** `Deployment/web in shop: spec.replicas`: the object and the field that a finding was read from. */
export function sourceOf({ sourcePrefix }: RuleInput, field: string): string {
  return `${sourcePrefix}${field}`;
}
