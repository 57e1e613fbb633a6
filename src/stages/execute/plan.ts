import { kindOf } from '../../actions/action-kinds.ts';
import type { DraftInput } from '../../actions/draft.ts';
import { obstaclesTo } from '../../actions/obstacles-to.ts';
import { mismatch } from '../../actions/subject.ts';
import { describeTarget } from '../../domain/action.ts';
import type { Plan } from '../../domain/plan.ts';
import { valueAt } from '../../domain/text/json-pointer.ts';

/**
 * Draws up the guarded calls for an action. Every call binds to the uid and to the values that were seen, and says
 * how it is recognised when it is found done. What its own kind says makes no sense is refused in the words that
 * evaluation blocks it by.
 *
 * @param input.snapshot the raw object, read together with the facts
 * @param input.stamp ISO instant of this execution, the same in every retry
 */
export function planExecution(
  input: DraftInput,
): { kind: 'plan'; plan: Plan } | { kind: 'refused'; reason: string } {
  const { action, facts } = input;
  const uid = valueAt(input.snapshot, 'metadata', 'uid');
  if (uid !== undefined && uid !== facts.identity.uid) {
    const reason = `The snapshot of ${describeTarget(action.target)} is of another object than its facts.`;
    return { kind: 'refused', reason };
  }
  const other = mismatch({ action, facts });
  if (other !== undefined) return { kind: 'refused', reason: other };
  const kind = kindOf(action.verb);
  const [obstacle] = obstaclesTo(kind, { action, facts });
  if (obstacle !== undefined) return { kind: 'refused', reason: obstacle.sentence };
  const drawn = kind.calls(input);
  if (drawn.kind === 'refused') return drawn;
  const fieldManager = `firebreak/${input.remediationId}`;
  return { kind: 'plan', plan: { calls: [...drawn.calls], fieldManager } };
}
