import type { JsonObject } from '../json.ts';
import { namespaceOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { autoscalers, type Resource, resourceOfKind } from '../resources.ts';
import { edited, listAt, numberAt, objectAt, put, textAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { type Condition, withCondition } from './conditions.ts';

/** kube-controller-manager's --horizontal-pod-autoscaler-sync-period, in seconds. */
const period = 15;

/**
 * Keeps replicas between min and max, as an autoscaler does whatever its metrics say (there are none here).
 * A target at zero switches it off. Acts once every fifteen seconds.
 */
export function createAutoscalerController(): (world: World) => void {
  let next = 0;
  return (world) => {
    if (world.now() < next) return;
    next = world.now() + world.span(period);
    for (const autoscaler of world.store.list(autoscalers)) correct(world, autoscaler);
  };
}

function correct(world: World, autoscaler: JsonObject): void {
  const reference = objectAt(autoscaler, 'spec', 'scaleTargetRef');
  const resource = resourceOfKind(textAt(reference, 'apiVersion') ?? '', textAt(reference, 'kind') ?? '');
  const target =
    resource && world.store.get(resource, namespaceOf(autoscaler), textAt(reference, 'name') ?? '');
  if (resource === undefined || target === undefined) return;
  const replicas = numberAt(target, 'spec', 'replicas') ?? 1;
  const least = numberAt(autoscaler, 'spec', 'minReplicas') ?? 1;
  const most = numberAt(autoscaler, 'spec', 'maxReplicas') ?? least;
  const wanted = replicas === 0 ? 0 : Math.min(most, Math.max(least, replicas));
  if (wanted !== replicas) scale(world, resource, target, wanted);
  const active: Condition =
    replicas === 0
      ? {
          type: 'ScalingActive',
          status: 'False',
          reason: 'ScalingDisabled',
          message: 'scaling is disabled since the replica count of the target is zero',
        }
      : {
          type: 'ScalingActive',
          status: 'True',
          reason: 'ValidMetricFound',
          message: 'the HPA was able to successfully calculate a replica count',
        };
  const status = {
    currentReplicas: replicas,
    desiredReplicas: wanted,
    conditions: withCondition(listAt(autoscaler, 'status', 'conditions'), active, timestamp(world.now())),
  };
  world.store.update(autoscalers, { ...autoscaler, status }, statusWriter);
}

function scale(world: World, resource: Resource, target: JsonObject, replicas: number): void {
  const next = edited(target, (draft) => put(draft, ['spec', 'replicas'], replicas));
  world.store.update(resource, next, {
    manager: 'kube-controller-manager',
    operation: 'Update',
    subresource: 'scale',
  });
}
