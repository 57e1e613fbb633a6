import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Drift } from '../../../domain/effect.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { type LastingForm, notLasting } from '../../../domain/manifest/lasting.ts';
import type { DeclarativeSpec, RollbackPlan } from '../../../domain/spec.ts';
import type { JsonObject } from '../../../domain/text/json.ts';
import type { ActionKind } from '../../action-kind.ts';
import type { Guarded } from '../../guarded.ts';
import { putBack } from '../../no-effect.ts';
import { asAction, noRollback } from '../../rollback.ts';
import { workloadOf } from '../../subject.ts';
import { boundsOf, rangeText, within } from '../bounds.ts';
import { movingWithin } from '../kept-replicas.ts';
import { resizeEffect } from '../resize.ts';
import { calls } from './calls.ts';
import { autoscaleCommand } from './command.ts';
import { consequences } from './consequences.ts';
import { grade } from './grade.ts';
import { precondition } from './precondition.ts';

type Autoscale = Case<'autoscale'>;

/** Lets a HorizontalPodAutoscaler set the number of replicas, within limits. */
export const autoscale: ActionKind<'autoscale'> = {
  command: autoscaleCommand,
  needs: () => ({ resources: true }),
  writes: () => [],
  precondition,
  effect: (judged) => {
    const bounds = boundsOf(judged.action, judged.facts.autoscaler);
    return resizeEffect(judged, {
      to: ({ desired }) => within(bounds, desired),
      by: 'autoscaler',
      least: bounds.min,
      most: { from: judged.facts.autoscaler?.max, to: bounds.max, field: 'spec.maxReplicas' },
      drift: driftOf(judged),
      consequences: consequences(judged),
    });
  },
  targetState,
  rollback: toLiveLimits,
  lasting: toLimits,
  constraints: () => [],
  binding,
  calls,
  verification: ({ target }) =>
    `the autoscaler of ${describeTarget(target)} still has these limits, it can work out how many there should be, and the replicas are within them`,
  observed: ({ action: { target }, facts }) => ({
    kind: 'HorizontalPodAutoscaler',
    namespace: target.namespace,
    name: facts.autoscaler?.name ?? target.name,
  }),
  grade,
};

/** The object that is written is the autoscaler: its own mark counts. */
function driftOf({ facts }: Autoscale): Drift {
  const autoscaler = facts.autoscaler?.gitOps;
  return autoscaler === undefined ? putBack : { ...putBack, autoscaler };
}

function targetState({ action, facts: { autoscaler } }: Autoscale): DeclarativeSpec['targetState'] {
  const { min, max, cpu } = boundsOf(action, autoscaler);
  const name = `HorizontalPodAutoscaler/${autoscaler?.name ?? action.target.name}`;
  const by = cpu === undefined ? '' : `, aiming at ${cpu} % of the requested processor time`;
  return {
    sentence: `${name} keeps ${describeTarget(action.target)} at ${rangeText({ min, max })}${by}.`,
    fields: {
      'spec.minReplicas': min,
      'spec.maxReplicas': max,
      ...(cpu === undefined ? {} : { 'spec.metrics[cpu].averageUtilization': cpu }),
    },
  };
}

function toLiveLimits({
  action: { target, cpu: asked },
  facts: { autoscaler: live },
}: Autoscale): RollbackPlan {
  if (live === undefined) {
    const remedy = `kubectl delete hpa ${target.name} -n ${target.namespace}`;
    return noRollback(
      `No action of Firebreak deletes an autoscaler: ${remedy} does, and leaves the replicas as they are then.`,
    );
  }
  const { name, min, max } = live;
  const cpu = asked === undefined ? {} : { cpu: live.cpu?.percent };
  const back = asAction({ verb: 'autoscale', target, min, max, ...cpu });
  if (back === undefined)
    return noRollback(
      `No command can write what HorizontalPodAutoscaler/${name} has now (${min} to ${max}).`,
    );
  const sentence = `Put HorizontalPodAutoscaler/${name} back to ${rangeText({ min, max })}; those that it has moved stay until it looks again.`;
  return { kind: 'action', action: back, sentence };
}

/**
 * Replicas within the new limits move by themselves; those outside are what the decision was about: by their number, or by
 * the side on which they are where an autoscaler moves them already.
 */
function binding(judged: Autoscale): Guarded {
  const { autoscaler } = judged.facts;
  const replicas = workloadOf(judged)?.desired ?? 0;
  const next = within(boundsOf(judged.action, autoscaler), replicas);
  const outside = next < replicas ? 'above the new limits' : 'below the new limits';
  return {
    autoscaler: autoscaler === undefined ? null : limitsOf(autoscaler),
    ...(next === replicas ? {} : { replicas: movingWithin(judged.facts) === undefined ? replicas : outside }),
  };
}

function limitsOf({ name, uid, min, max, cpu }: Facts['autoscaler'] & object): JsonObject {
  return { name, min, max, ...(uid === undefined ? {} : { uid }), ...(cpu === undefined ? {} : { cpu }) };
}

/** The processor time stands in a list of metrics, which have no names. */
function toLimits({ action, facts: { autoscaler: live } }: Autoscale): LastingForm {
  if (live === undefined)
    return notLasting('A new autoscaler would have to be added to the repository by hand.');
  const { min, max, cpu } = boundsOf(action, live);
  if (cpu !== live.cpu?.percent)
    return notLasting('The target of the processor time would have to be changed in the manifest by hand.');
  const fields = [
    { path: ['spec', 'minReplicas'], value: min, was: live.min },
    { path: ['spec', 'maxReplicas'], value: max, was: live.max },
  ].filter(({ value, was }) => value !== was);
  const { namespace } = action.target;
  const object = { kind: 'HorizontalPodAutoscaler', name: live.name, namespace };
  return { kind: 'fields', object, fields };
}
