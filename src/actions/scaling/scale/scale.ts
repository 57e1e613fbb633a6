import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Constraint } from '../../../domain/constraints/constraint.ts';
import { sentenceOf } from '../../../domain/constraints/kinds.ts';
import { type LastingForm, lastingFields, notLasting } from '../../../domain/manifest/lasting.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import { nothingFollows, nothingMore, putBack } from '../../no-effect.ts';
import { nameOf, plural } from '../../obstacle.ts';
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
    sentence: `${describeTarget(target)} has ${plural(replicas, 'replica')}.`,
    fields: { 'spec.replicas': replicas },
  }),
  rollback: toLiveReplicas,
  lasting: toReplicas,
  constraints: (judged) => [leastReplicas(judged)],
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

/** One fewer than asked for, so that a pod may be replaced meanwhile. */
function leastReplicas(judged: Case<'scale'>): Constraint {
  const { target, replicas } = judged.action;
  const workload = { owner: nameOf(target), namespace: target.namespace };
  if (replicas === 0) {
    const fields = { kind: 'scale_to_zero', ...workload } as const;
    return { ...fields, sentence: sentenceOf(fields) };
  }
  const from = workloadOf(judged)?.desired;
  const fields = { kind: 'minimum_replicas', replicas: Math.max(1, replicas - 1), ...workload } as const;
  return { ...fields, ...(from === undefined ? {} : { from }), sentence: sentenceOf(fields) };
}

/** A number that an autoscaler moves has no place in a manifest: what lasts are the autoscaler's limits. */
function toReplicas({ action: { target, replicas }, facts }: Case<'scale'>): LastingForm {
  const { autoscaler, scaledObject } = facts;
  if (scaledObject?.paused === true)
    return notLasting(
      `ScaledObject/${scaledObject.name} is paused and holds the replicas: a number of the manifest holds once it is on again.`,
    );
  if (autoscaler !== undefined)
    return notLasting(
      `HorizontalPodAutoscaler/${autoscaler.name} sets the replicas: its limits are what a repository holds.`,
    );
  const was = workloadOf({ facts })?.desired;
  return lastingFields(target, [
    { path: ['spec', 'replicas'], value: replicas, ...(was === undefined ? {} : { was }) },
  ]);
}
