import { targetKey } from '../../domain/action.ts';
import type { ObjectHistory } from '../../domain/circumstances.ts';
import type { RuleInput } from './rule.ts';

/** What Firebreak has done to the target before, and when that was looked up. */
export type Remembered = ObjectHistory & { readonly asOf: string };

/** Undefined where nobody has asked; what was asked for the target and is not there is not known. */
export function historyOf({
  action,
  facts,
  circumstances: { history },
}: Pick<RuleInput, 'action' | 'facts' | 'circumstances'>): Remembered | { unknown: string } | undefined {
  if (history === undefined || 'unknown' in history) return history;
  const found = history.objects[targetKey(facts.cluster, action.target)];
  return found === undefined ? { unknown: 'it was not looked up' } : { ...found, asOf: history.at };
}

/** The fewest replicas and the least limit of the last hour, where they are known. */
export function lastHourOf(
  input: Parameters<typeof historyOf>[0],
): Pick<ObjectHistory, 'replicas' | 'mostReplicas'> {
  const found = historyOf(input);
  return found === undefined || 'unknown' in found ? {} : found;
}
