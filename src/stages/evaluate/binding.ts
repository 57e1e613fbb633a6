import { kindOf } from '../../actions/action-kinds.ts';
import { isGroup } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { asJson, type Json } from '../../domain/text/json.ts';

/**
 * What an approval binds to: the action, this very object, the fields that the decision relied on, the target
 * state and the rollback. Left out is what moves by itself: score, ids, times, ready counts, resourceVersion, and
 * the generation, because an annotation raises it too.
 */
export function bindingOf(spec: DeclarativeSpec, facts: Facts): Json {
  const { action, targetState, rollbackPlan } = spec;
  if (isGroup(action)) throw new Error('several objects are bound to one by one');
  return asJson({
    action,
    cluster: facts.cluster,
    uid: facts.identity.uid,
    guarded: kindOf(action.verb).binding({ action, facts }),
    targetState,
    rollbackPlan,
  });
}
