import { undoRevision } from '../../../domain/revision.ts';
import { block, nothing, type Rule, sourceOf, workloadOf } from '../rule.ts';

/** Block: no revision to go back to, or a paused rollout (kubectl refuses that too). */
export const undoPossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (input.action.verb !== 'rollout undo' || workload === undefined) return nothing;
  const name = input.name;
  if (workload.paused) {
    return [
      block(`${name} is paused and cannot be undone. Resume it first.`, sourceOf(input, 'spec.paused')),
    ];
  }
  const found = undoRevision(input.action, workload);
  if (found.kind === 'revision') return nothing;
  return [block(`${name} cannot be undone: ${found.reason}.`, sourceOf(input, 'revision history'))];
};
