import type { Action } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Policy } from '../../domain/policy.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { tierOf } from '../../domain/tier.ts';
import { constraintsOf } from './constraints.ts';
import { rollbackOf } from './rollback.ts';
import { rules } from './rules.ts';
import { scoreOf } from './score.ts';
import { targetStateOf } from './target-state.ts';

/**
 * Judges an action on the facts: a pure function, the same input gives the same bytes.
 *
 * @param input.id UUID of the spec
 * @param input.now ISO instant, becomes `createdAt` and nothing else
 */
export function evaluate(input: {
  id: string;
  now: string;
  action: Action;
  facts: Facts;
  policy: Policy;
}): DeclarativeSpec {
  const { id, now, action, facts, policy } = input;
  const found = Object.entries(rules).flatMap(([rule, judge]) =>
    judge({ action, facts, policy }).map((finding) => ({ rule, ...finding })),
  );
  const { score, lineItems } = scoreOf(found);
  return {
    id,
    createdAt: now,
    action,
    targetState: targetStateOf(action, facts),
    score,
    tier: tierOf(score),
    constraints: constraintsOf({ action, facts, policy }, score),
    rollbackPlan: rollbackOf(action, facts),
    dryRunRequired: score >= policy.dryRunFromScore,
    blockedReason: found.find(({ term }) => term === 'block')?.sentence ?? null,
    lineItems: [...lineItems],
  };
}
