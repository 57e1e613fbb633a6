import { podFactOf } from '../pod.ts';
import { podNamed } from './new-pod.ts';
import type { PlacedPod } from './scheduling/placed-pod.ts';
import { type Layout, take } from './scheduling/site.ts';
import { attempt, mostTried, newTrial, type Trial } from './trial.ts';

/** A Deployment in the middle of a rollout, as far as its controllers and the scheduler have got. */
export interface Rolling {
  readonly desired: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** Pods that go, and those that are already what comes in their place. */
  readonly old: readonly PlacedPod[];
  readonly ready: number;
  readonly pod: PlacedPod;
}

/** All at once: the old ones go first. */
export function recreate(layout: Layout, { desired, old, ready, pod }: Rolling): Trial {
  take(layout, uidsOf(old));
  return start(layout, pod, desired - ready);
}

/** So many pods more. */
export function start(layout: Layout, pod: PlacedPod, count: number): Trial {
  const trial = newTrial();
  for (let index = 0; index < Math.min(count, mostTried); index += 1)
    attempt(trial, layout, oneMore(pod, index));
  return trial;
}

/**
 * A rolling update on the assumption that whatever finds a place becomes available: new pods up to the surge, then old ones
 * as far as availability allows, those that are not ready first (rolling.go in pkg/controller/deployment). It stands still
 * when neither is possible.
 */
export function rolling(layout: Layout, parts: Rolling): Trial {
  const { desired, maxSurge, maxUnavailable, pod } = parts;
  const trial = newTrial();
  let old = parts.old.toSorted((a, b) => Number(podFactOf(a).ready) - Number(podFactOf(b).ready));
  let available = parts.ready;
  let waiting: PlacedPod[] = [];
  for (;;) {
    const before = `${old.length} ${available} ${waiting.length}`;
    const found = waiting.filter((each) => attempt(trial, layout, each, true));
    waiting = waiting.filter((each) => !found.includes(each));
    available += found.length;
    while (
      available + waiting.length < desired &&
      available + waiting.length + old.length < desired + maxSurge
    ) {
      if (trial.tried >= mostTried) return trial;
      const next = oneMore(pod, trial.tried);
      if (attempt(trial, layout, next)) available += 1;
      else waiting.push(next);
    }
    const gone = old.slice(0, removable(old, available, desired - maxUnavailable));
    take(layout, uidsOf(gone));
    old = old.slice(gone.length);
    if (before === `${old.length} ${available} ${waiting.length}`) break;
  }
  // Those that had to wait for a place and got one are no trouble.
  return waiting.length === 0 ? { ...trial, stuck: undefined } : trial;
}

/** Waiting pods allow nobody to go: all that there are, less those that must be available, less those that are not. */
function removable(old: readonly PlacedPod[], available: number, least: number): number {
  const most = old.length + available - least;
  if (most <= 0) return 0;
  const unready = old.filter((each) => !podFactOf(each).ready).length;
  const broken = Math.min(unready, most);
  const serving = old.length - unready;
  return broken + Math.max(0, Math.min(serving, serving + available - least));
}

const oneMore = (pod: PlacedPod, index: number): PlacedPod =>
  podNamed(`new-${index}`, pod.metadata.namespace ?? '', pod.metadata.labels, pod.spec);

export const uidsOf = (pods: readonly PlacedPod[]): ReadonlySet<string> =>
  new Set(pods.map(({ metadata }) => metadata.uid));

/** How a Deployment replaces pods when it may take one away before another is there. */
export function goingFirst(parts: Rolling): Rolling {
  return { ...parts, maxSurge: 0, maxUnavailable: 1 };
}
