import { jobNameLabel } from '../jobs/job-selector.ts';
import type { JsonObject } from '../json.ts';
import { textAt, textsAt } from '../tree.ts';

/** How one simulated container behaves. Times are seconds of simulated time. */
export type Behaviour =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'image missing' }
  | { readonly kind: 'never ready' }
  /** Exits by itself: `firstRun` seconds after its first start, `laterRuns` after every other. */
  | {
      readonly kind: 'exits';
      readonly firstRun: number;
      readonly laterRuns: number;
      /** Whether it becomes Ready in its first run. */
      readonly readyAtFirst: boolean;
      readonly reason: 'Error' | 'OOMKilled' | 'Completed';
      readonly exitCode: number;
      /** So many runs end with an error first. */
      readonly failures?: number;
    };

/** What a container is in its pod: an init container runs once before the others, a sidecar beside them from before. */
export type Role = 'main' | 'sidecar' | 'init';

/** On a pod template: `restart` makes its pods crash until `kubectl rollout restart` has touched the template. */
export const curedByAnnotation = 'sandbox.firebreak/cured-by';
/**
 * On a pod template: its pods run well for so many seconds, then end again and again: out of memory, or with an
 * error if a restart is to cure them.
 */
export const degradesAfterAnnotation = 'sandbox.firebreak/degrades-after';
/** On a pod template: for how many seconds its pods run before they complete; those of Deployments never do. */
export const runsForAnnotation = 'sandbox.firebreak/runs-for';
/** On a pod template: the pods of the Job of this name fail. PodRun again under another name, they complete. */
export const failsAsAnnotation = 'sandbox.firebreak/fails-as';
/** On a pod template: what a crashing container writes last. */
export const lastWordsAnnotation = 'sandbox.firebreak/last-words';
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

const crash = {
  kind: 'exits',
  firstRun: 1,
  laterRuns: 1,
  readyAtFirst: false,
  reason: 'Error',
  exitCode: 1,
} as const;

const outOfMemory = { ...crash, reason: 'OOMKilled', exitCode: 137 } as const;

const done = { ...crash, reason: 'Completed', exitCode: 0 } as const;

/** Image tags that ask for a failure; the same tags fail in the tests' real control plane. */
const byTag: Readonly<Record<string, Behaviour>> = {
  crash,
  'crash-later': { ...crash, firstRun: 4, readyAtFirst: true },
  oom: outOfMemory,
  'never-ready': { kind: 'never ready' },
  bad: { kind: 'image missing' },
};

/** On an init container: what it waits for is there at the third try. */
const thirdTry = 'third-try';

/** Tags that the pretended registry has besides those: versions, dates, digests, `latest`, `stable`. */
const published = /^(v?\d[\w.-]*|latest|stable|main|crash-until-restart)$/;

/** How a container behaves, from its image's tag and the annotations of its pod. */
export function behaviourOf(pod: JsonObject, container: JsonObject, role: Role): Behaviour {
  const tag = tagOf(textAt(container, 'image') ?? '');
  const annotations = textsAt(pod, 'metadata', 'annotations');
  const asked = byTag[tag];
  if (asked !== undefined) return asked;
  if (role === 'init' && tag === thirdTry) return { ...done, failures: 2 };
  if (!published.test(tag)) return { kind: 'image missing' };
  if (role === 'init') return done;
  if (role === 'sidecar') return { kind: 'healthy' };
  const degradesAfter = Number(annotations[degradesAfterAnnotation] ?? 0);
  const late = { readyAtFirst: degradesAfter > 0, firstRun: Math.max(1, degradesAfter) };
  const sick = annotations[curedByAnnotation] === 'restart' || tag === 'crash-until-restart';
  if (sick) return annotations[restartedAt] === undefined ? { ...crash, ...late } : { kind: 'healthy' };
  if (degradesAfter > 0) return { ...outOfMemory, ...late, laterRuns: 3 };
  return textAt(pod, 'spec', 'restartPolicy') === 'Always' ? { kind: 'healthy' } : finite(pod);
}

/** Seconds for which the pods of a Job run, unless they say otherwise. */
const usualRun = 3;

/** A pod that need not run for ever does its work and ends. */
function finite(pod: JsonObject): Behaviour {
  const annotations = textsAt(pod, 'metadata', 'annotations');
  const seconds = Number(annotations[runsForAnnotation] ?? usualRun);
  const job = textsAt(pod, 'metadata', 'labels')[jobNameLabel];
  const fails = job !== undefined && job === annotations[failsAsAnnotation];
  const run = { firstRun: seconds, laterRuns: seconds, readyAtFirst: true };
  return fails ? { ...crash, ...run } : { ...crash, ...run, reason: 'Completed', exitCode: 0 };
}

/** The tag of an image reference; `latest` when there is none. A digest counts as published. */
function tagOf(image: string): string {
  if (image.includes('@')) return 'latest';
  const last = image.slice(image.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon < 0 ? 'latest' : last.slice(colon + 1);
}
