import type { PodFact } from '../../domain/facts/facts.ts';

/** The end of a StatefulSet's pod's name is its ordinal. */
export function ordinalOf({ name }: Pick<PodFact, 'name'>): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

function stateOf({ waiting, terminated, deleting }: PodFact): string {
  if (deleting) return 'being deleted';
  return waiting ?? terminated ?? 'not ready';
}

/** `Pod/web-1 (CrashLoopBackOff), Pod/web-2 (not ready)` */
export const withStates = (pods: readonly PodFact[]): string =>
  pods.map((pod) => `Pod/${pod.name} (${stateOf(pod)})`).join(', ');
