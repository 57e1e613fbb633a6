import type { HeldClaim } from '../../../../domain/facts/places.ts';
import { isReady } from '../node/subject.ts';
import { podFactOf } from '../pod.ts';
import { mounts, type Sites, settle, sitesFor } from './scheduling/place.ts';
import type { PlacedPod } from './scheduling/placed-pod.ts';
import type { Layout } from './scheduling/site.ts';
import { claimsOf, sharingOf } from './scheduling/storage.ts';

/** No card has room for more, and one of so many that fits tells of the others. */
export const mostTried = 100;

/** Pods that are put into a layout one after the other, with what kept them out of it. */
export interface Trial {
  tried: number;
  placed: number;
  stuck: Extract<Sites, { kind: 'none' }> | undefined;
  /** Whether the first that found no place was the first of all: then it does not hang on where others were put. */
  first: boolean | undefined;
  readonly claims: Map<string, HeldClaim>;
}

export const newTrial = (): Trial => ({
  tried: 0,
  placed: 0,
  stuck: undefined,
  first: undefined,
  claims: new Map(),
});

/** Whether the pod found a place. A second attempt of the same pod is not counted. */
export function attempt(trial: Trial, layout: Layout, pod: PlacedPod, again = false): boolean {
  if (!again) trial.tried += 1;
  const found = sitesFor(pod, layout);
  if (found.kind === 'none') {
    trial.stuck ??= found;
    trial.first ??= trial.placed === 0;
    return false;
  }
  const shared = within(trial, layout, pod, found.sites);
  settle(pod, shared.length === 0 ? found.sites : shared);
  trial.placed += 1;
  return true;
}

/**
 * Of these nodes those from which the volumes of ReadWriteOnce are in use. The scheduler does not look at that: on another
 * node the pod waits until nobody uses them any more (Multi-Attach error of the attach-detach controller).
 */
function within(trial: Trial, layout: Layout, pod: PlacedPod, sites: Layout['sites']): Layout['sites'] {
  let left = sites;
  for (const [name, claim] of claimsOf(pod, layout.storage)) {
    if (claim === undefined || sharingOf(claim) !== 'node') continue;
    const users = layout.sites.filter(({ pods }) =>
      pods.some((each) => mounts(each, pod.metadata.namespace, name)),
    );
    if (users.length === 0 || isShared(users, name)) continue;
    const here = left.filter((site) => users.includes(site));
    if (here.length < left.length && !trial.claims.has(name)) {
      const nodes = users.map(({ node }) => node.metadata.name).toSorted();
      trial.claims.set(name, { name, nodes, ...(here.length === 0 ? { never: true } : {}) });
    }
    left = here;
  }
  return left;
}

/** Ready pods on two nodes: nothing attaches it to one, as with a network file system. */
function isShared(users: Layout['sites'], claim: string): boolean {
  const serving = users.filter(
    ({ node, pods }) =>
      pods.some(
        (each) =>
          mounts(each, each.metadata.namespace, claim) &&
          each.metadata.uid[0] !== '(' &&
          podFactOf(each).ready,
      ) && isReady(node),
  );
  return serving.length > 1;
}
