import type { JsonObject } from '../json.ts';
import { listAt, textAt } from '../tree.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return listAt(object, 'status', 'conditions').find((each) => textAt(each, 'type') === type);
}

export function isConditionTrue(object: JsonObject, type: string): boolean {
  return textAt(conditionOf(object, type), 'status') === 'True';
}

/** The conditions with one of them set; lastTransitionTime moves only when the status does. */
export function withCondition(
  conditions: readonly JsonObject[],
  next: Condition,
  time: string,
): JsonObject[] {
  const current = conditions.find((each) => textAt(each, 'type') === next.type);
  const unmoved = textAt(current, 'status') === next.status;
  const since = (unmoved ? textAt(current, 'lastTransitionTime') : undefined) ?? time;
  const condition = { ...next, lastTransitionTime: since };
  if (current === undefined) return [...conditions, condition];
  return conditions.map((each) => (each === current ? condition : each));
}
