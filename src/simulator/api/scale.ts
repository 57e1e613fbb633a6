import type { JsonObject } from '../json.ts';
import { invalid } from '../refusal.ts';
import { type Resource, statefulSets } from '../resources.ts';
import { selectorText } from '../selectors.ts';
import { at, edited, numberAt, put, textAt } from '../tree.ts';

/**
 * The autoscaling/v1 Scale of a workload. `spec.replicas` is left out at zero, so that a JSON patch must test it
 * against null there.
 */
export function scaleOf(object: JsonObject): JsonObject {
  const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
  const metadata = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp'] as const;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(metadata.map((key) => [key, textAt(object, 'metadata', key) ?? ''])),
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: selectorText(at(object, 'spec', 'selector')),
    },
  };
}

/** The workload with the replicas that a changed Scale asks for; 422 for a count that cannot be. */
export function withScale(resource: Resource, object: JsonObject, scale: JsonObject): JsonObject {
  const asked = at(scale, 'spec', 'replicas') ?? 0;
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 0) {
    const message = `Invalid value: ${JSON.stringify(asked)}: must be greater than or equal to 0`;
    const named = { ...statefulSets, group: 'autoscaling', kind: 'Scale', plural: resource.plural };
    throw invalid(named, textAt(object, 'metadata', 'name') ?? '', [
      { field: 'spec.replicas', reason: 'FieldValueInvalid', message },
    ]);
  }
  return edited(object, (draft) => put(draft, ['spec', 'replicas'], asked));
}
