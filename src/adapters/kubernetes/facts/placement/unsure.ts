import type { PlacedPod } from './scheduling/placed-pod.ts';

/** Why it cannot be told where a pod would come to run; undefined where the default scheduler decides by what is read. */
export function unsure({ spec }: PlacedPod): string | undefined {
  const { schedulerName, resourceClaims, schedulingGates, workloadRef, schedulingGroup } = spec;
  if (schedulerName && schedulerName !== 'default-scheduler')
    return `the scheduler ${schedulerName} decides by rules of its own`;
  if (resourceClaims.length > 0) return 'it asks for devices by resource claims';
  if (schedulingGates.length > 0)
    return `it waits until somebody removes its scheduling gate ${schedulingGates.map(({ name }) => name).join(', ')}`;
  if (workloadRef != null || schedulingGroup != null) return 'it is placed together with a group of pods';
  return undefined;
}
