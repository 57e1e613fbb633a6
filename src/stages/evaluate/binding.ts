import type { Facts, WorkloadSubject } from '../../domain/facts.ts';
import { asJson, type Json } from '../../domain/json.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';

/**
 * What an approval binds to: the action, this very object, the fields that the decision relied on, the target
 * state and the way back. Left out is what moves by itself: score, ids, times, ready counts, resourceVersion, and
 * the generation, because an annotation raises it too.
 */
export function bindingOf(spec: DeclarativeSpec, facts: Facts): Json {
  const { action, targetState, rollbackPlan } = spec;
  return asJson({
    action,
    cluster: facts.cluster,
    uid: facts.identity.uid,
    guarded: guarded(spec, facts),
    targetState,
    rollbackPlan,
  });
}

function guarded({ action }: DeclarativeSpec, { subject }: Facts): object {
  switch (subject.kind) {
    case 'pod':
      return { pod: subject.pod.uid, controller: subject.controller?.name };
    case 'node':
      return { unschedulable: subject.unschedulable };
    case 'workload':
      return guardedWorkload(action.verb, subject);
    case 'cronJob':
      return { suspended: subject.suspended, schedule: subject.schedule };
    case 'job':
      return { suspended: subject.suspended, ended: subject.ended };
    case 'autoscaler':
      return { min: subject.min, max: subject.max };
  }
}

function guardedWorkload(verb: DeclarativeSpec['action']['verb'], workload: WorkloadSubject): object {
  const { desired: replicas, paused, strategy, liveRevision } = workload;
  const images = Object.fromEntries(workload.containers.map(({ name, image }) => [name, image]));
  switch (verb) {
    case 'scale':
      return { replicas };
    case 'set image':
      return { images, paused };
    case 'rollout undo':
      return { images, paused, replicas, strategy: strategy.type, liveRevision };
    case 'rollout restart':
      return { images, paused, replicas, strategy: strategy.type };
    default:
      return { images, paused };
  }
}
