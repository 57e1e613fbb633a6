import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Constraint, RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { nothingFollows, nothingMore, putBack } from '../../no-effect.ts';
import { liveUnknown } from '../../rollback.ts';
import { workloadOf } from '../../subject.ts';
import { resizeEffect } from '../resize.ts';
import { calls } from './calls.ts';
import { scaleCommand } from './command.ts';
import { grade } from './grade.ts';
import { precondition } from './precondition.ts';

/** Sets the number of replicas. */
export const scale: ActionKind<'scale'> = {
  command: scaleCommand,
  needs: nothingMore,
  writes: () => [['spec', 'replicas']],
  precondition,
  effect: (judged) =>
    resizeEffect(judged, {
      to: () => judged.action.replicas,
      by: 'person',
      drift: putBack,
      consequences: nothingFollows,
    }),
  targetState: ({ action: { target, replicas } }) => ({
    sentence: `${describeTarget(target)} has ${replicas} replicas.`,
    fields: { 'spec.replicas': replicas },
  }),
  rollback: toLiveReplicas,
  constraints: ({ action }) => [leastReplicas(action)],
  binding: (judged) => {
    const workload = workloadOf(judged);
    return workload === undefined ? {} : { replicas: workload.desired };
  },
  calls,
  verification: ({ target, replicas }) =>
    replicas === 0
      ? `no pod of ${describeTarget(target)} is left`
      : `${replicas} of ${describeTarget(target)} ready, none restarts`,
  observed: ({ action }) => action.target,
  grade,
};

/** Back to the number that was live, and only while ours is still in place. */
function toLiveReplicas(judged: Case<'scale'>): RollbackPlan {
  const { target, replicas: currentReplicas } = judged.action;
  const live = workloadOf(judged)?.desired;
  if (live === undefined) return liveUnknown;
  const sentence = `Scale ${describeTarget(target)} back to ${live}, which is live now.`;
  return { kind: 'action', action: { verb: 'scale', target, replicas: live, currentReplicas }, sentence };
}

function leastReplicas({ target, replicas }: Case<'scale'>['action']): Constraint {
  const name = describeTarget(target);
  if (replicas === 0)
    return { kind: 'scale_to_zero', sentence: `${name} is scaled to zero: nothing of it will run.` };
  const least = Math.max(1, replicas - 1);
  const sentence = `${name} must keep at least ${least} ${least === 1 ? 'replica' : 'replicas'}.`;
  return { kind: 'minimum_replicas', replicas: least, sentence };
}
