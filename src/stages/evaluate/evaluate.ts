import type { ActionKind } from '../../actions/action-kind.ts';
import { kindOf } from '../../actions/action-kinds.ts';
import { nameOf } from '../../actions/obstacle.ts';
import { obstaclesTo } from '../../actions/obstacles-to.ts';
import { describeTarget, type Verb } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { type Circumstances, nothingAsked } from '../../domain/circumstances.ts';
import { policyFor } from '../../domain/policy/in-cluster.ts';
import { ownersGroup } from '../../domain/policy/owners.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { DeclarativeSpec, LineItem } from '../../domain/spec.ts';
import { tierOf } from '../../domain/tier.ts';
import { overBudget } from './budget.ts';
import { constraintsOf } from './constraints.ts';
import { touchedPods } from './disturbance.ts';
import { nothing, type RuleInput } from './rule.ts';
import { type NamedRule, rulesOf } from './rules.ts';
import { type Score, settle, uncounted } from './score.ts';
import { membershipsOf, productionOf } from './whereabouts.ts';

/**
 * Judges an action on the facts: a pure function, the same input gives the same bytes.
 *
 * @param input.id UUID of the spec
 * @param input.now ISO instant, becomes `createdAt` and nothing else
 * @param input.circumstances absent: nobody has asked our own records, and a time that the policy needs is not known
 */
export function evaluate(input: Judging): DeclarativeSpec {
  return evaluateAs(kindOf(input.action.verb), input);
}

/** What an evaluation is made from. */
export interface Judging extends Case {
  readonly id: string;
  readonly now: string;
  readonly policy: Policy;
  readonly circumstances?: Circumstances | undefined;
}

/** The same for a given kind: the verb itself means nothing to any rule. */
export function evaluateAs(kind: ActionKind<Verb>, input: Judging): DeclarativeSpec {
  const { id, now, action } = input;
  const judged = ruleInputAs(kind, input);
  const { policy } = judged;
  const { score, lineItems } = withinBudget(judged, findings(judged));
  return {
    id,
    createdAt: now,
    action,
    targetState: kind.targetState(judged),
    score,
    tier: tierOf(score),
    constraints: constraintsOf(judged, score, kind.constraints(judged)),
    rollbackPlan: judged.rollback,
    dryRunRequired: policy.enforceDryRun || score >= policy.dryRunFromScore,
    blockedReason: blockOf(lineItems),
    lineItems,
    ...chosenBy(judged),
  };
}

/** Who approves, where an annotation that the policy believes says so. */
function chosenBy({ policy, facts, fullName }: RuleInput): Pick<DeclarativeSpec, 'approvers'> {
  const approvers = ownersGroup(policy, facts, fullName);
  return approvers === undefined ? {} : { approvers };
}

/** What the rules look at. */
export function ruleInput(input: Omit<Judging, 'id' | 'now'>): RuleInput {
  return ruleInputAs(kindOf(input.action.verb), input);
}

function ruleInputAs(kind: ActionKind<Verb>, input: Omit<Judging, 'id' | 'now'>): RuleInput {
  const { action, facts, circumstances = nothingAsked } = input;
  const policy = policyFor(input.policy, facts.cluster);
  const judged = { action, facts };
  const memberships = membershipsOf(action, facts, policy);
  const fullName = describeTarget(action.target);
  const effect = kind.effect(judged);
  return {
    action,
    facts,
    policy,
    name: nameOf(action.target),
    fullName,
    sourcePrefix: `${fullName}: `,
    memberships,
    production: productionOf(action, policy, memberships),
    rollback: kind.rollback(judged),
    effect,
    touched: touchedPods(effect.pods),
    obstacles: obstaclesTo(kind, judged),
    circumstances,
  };
}

/** The first block is the reason that is given. */
function blockOf(items: readonly LineItem[]): string | null {
  for (const { term, sentence } of items) if (term === 'block') return sentence;
  return null;
}

/** What every rule says: of the target first, then what the team demands, then of what depends on it, if that was read. */
function findings(judged: RuleInput): LineItem[] {
  const found: LineItem[] = [];
  const rules = rulesOf(judged);
  ask(rules.target, judged, found);
  if (demandsMore(judged.policy)) ask(rules.demanded, judged, found);
  if (judged.facts.neighbourhood !== undefined) ask(rules.dependents, judged, found);
  return found;
}

/** Whether the policy has anything that the rules about a team's own demands could find. */
function demandsMore({ hardRules, rules, freezes, trust, clusters }: Policy): boolean {
  if (trust !== undefined || hardRules.length + rules.length + freezes.length > 0) return true;
  for (const _ in clusters) return true;
  return false;
}

/** Plain loops: this is where an evaluation spends its time. */
function ask(rules: readonly NamedRule[], judged: RuleInput, found: LineItem[]): void {
  for (const rule of rules) {
    const said = rule.judge(judged);
    if (said === nothing) continue;
    for (const { rule: own, term, points, sentence, source } of said) {
      found.push({ rule: own ?? rule.name, term, points, counted: false, sentence, source });
    }
  }
}

/** A budget is asked once the score is known, because that is what is spent. */
export function withinBudget(judged: RuleInput, found: readonly LineItem[]): Score {
  const score = settle(found);
  const over = overBudget(judged, score);
  if (over.length === 0) return { score, lineItems: [...found] };
  const lineItems = [...found, ...over.map((finding) => uncounted({ ...finding, rule: 'budgets' }))];
  return { score: settle(lineItems), lineItems };
}
