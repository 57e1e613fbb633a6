import { minutesBetween } from '../../../../../domain/text/time.ts';
import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/** Floor: somebody else has just written the same field: it is not settled, and may be what is wrong. Our own writes are told by their field manager. */
export const recentChange: Rule = (input) => {
  const { neighbourhood, gatheredAt } = input.facts;
  const { rollout } = input.effect;
  const change = neighbourhood?.lastChange;
  if (change === undefined || change.manager.startsWith('firebreak/')) return nothing;
  if (rollout === 'holds' || rollout === 'releases') return nothing;
  const minutes = minutesBetween(change.at, gatheredAt);
  if (minutes >= input.policy.weights.windows.recentChangeMinutes) return nothing;
  const sentence = `${change.manager} changed ${change.field} ${minutes} min ago: somebody else is at work here.`;
  return [floor('human', sentence, sourceOf(input, 'metadata.managedFields'))];
};
