import type { Dependents } from '../../../../../domain/facts/dependents.ts';
import { epochOf, minutesBetween } from '../../../../../domain/text/time.ts';
import { historyOf } from '../../../history.ts';
import { floor, nothing, type Rule, type RuleInput, sourceOf } from '../../../rule.ts';

type Change = NonNullable<Dependents['lastChange']>;

/** Clocks of API servers and databases differ, and managedFields leave fractions of seconds out. Milliseconds. */
const tolerance = 60_000;

/** Floor: somebody else has just written the same field: it is not settled, and may be what is wrong. */
export const recentChange: Rule = (input) => {
  const { neighbourhood, gatheredAt } = input.facts;
  const { rollout } = input.effect;
  const change = neighbourhood?.lastChange;
  if (change === undefined) return nothing;
  if (rollout === 'holds' || rollout === 'releases') return nothing;
  const minutes = minutesBetween(change.at, gatheredAt);
  if (minutes >= input.policy.weights.windows.recentChangeMinutes || isOurs(input, change)) return nothing;
  const sentence = `${change.manager} changed ${change.field} ${minutes} min ago: somebody else is at work here.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.managedFields'))];
};

/**
 * Whether a remediation of ours wrote it, by our own records: anybody can give their writes any name. One that wrote this
 * object is only believed for the time in which it did; whether it is too soon after it, is another rule's (repeats).
 */
function isOurs(input: RuleInput, { manager, at }: Change): boolean {
  const found = historyOf(input);
  if (found === undefined || 'unknown' in found) return false;
  const then = epochOf(at);
  return found.actions.some(
    ({ remediation, here, at: from, until = found.asOf }) =>
      here &&
      manager === `firebreak/${remediation}` &&
      then >= epochOf(from) - tolerance &&
      then <= epochOf(until) + tolerance,
  );
}
