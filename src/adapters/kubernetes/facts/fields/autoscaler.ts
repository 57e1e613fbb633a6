import type { Facts } from '../../../../domain/facts/facts.ts';
import type { Autoscaler } from '../../client/objects.ts';
import { gitOpsOf } from '../owners/managed-by.ts';
import { controllerOf } from '../pod.ts';

/** A HorizontalPodAutoscaler over a target, as far as `autoscale` may change it. */
export function autoscalerFactOf(found: Autoscaler): NonNullable<Facts['autoscaler']> {
  const { metadata, spec } = found;
  const index = spec.metrics.findIndex(({ resource }) => resource?.name === 'cpu');
  const percent = spec.metrics[index]?.resource?.target.averageUtilization;
  const gitOps = gitOpsOf(found);
  return {
    name: metadata.name,
    min: spec.minReplicas,
    max: spec.maxReplicas,
    uid: metadata.uid,
    ...(percent == null ? {} : { cpu: { percent, index } }),
    ...makerOf(found),
    ...(gitOps === undefined ? {} : { gitOps }),
  };
}

/** What controls it, if anything does. */
export function makerOf(found: Autoscaler): Pick<NonNullable<Facts['autoscaler']>, 'owner'> {
  const owner = controllerOf(found);
  return owner === undefined ? {} : { owner: { kind: owner.kind, name: owner.name } };
}
