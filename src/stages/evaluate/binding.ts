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
    ...(spec.approvers === undefined ? {} : { approvers: spec.approvers }),
    uid: facts.identity.uid,
    guarded: kindOf(action.verb).binding({ action, facts }),
    targetState: asFirstSpelled(targetState),
    rollbackPlan: asFirstSpelled(rollbackPlan),
  });
}

/**
 * Votes bind to the words of version 0.1.0: a better spelling changes nothing of what was approved, and must not void an
 * approval that waits while Firebreak is updated.
 */
const respelled: readonly (readonly [RegExp, string])[] = [
  [/ has 1 replica\./g, ' has 1 replicas.'],
  [/(^HorizontalPodAutoscaler\S* keeps \S+(?: in \S+)? at )(\d+) replicas?\b/g, '$1$2 to $2 replicas'],
  [/(^Put HorizontalPodAutoscaler\/\S+ back to )(\d+) replicas?;/g, '$1$2 to $2 replicas;'],
];

function asFirstSpelled<T extends object>(part: T): T {
  if (!('sentence' in part) || typeof part.sentence !== 'string') return part;
  const sentence = respelled.reduce((text, [now, then]) => text.replaceAll(now, then), part.sentence);
  return { ...part, sentence };
}
