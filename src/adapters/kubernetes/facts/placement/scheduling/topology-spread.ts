import { matches } from '../../../../../domain/selector.ts';
import type { SpreadConstraint } from './affinity-shapes.ts';
import { asksFor, isTolerated } from './node-affinity.ts';
import type { PlacedPod } from './placed-pod.ts';
import { selectsAll, withKeys } from './pod-affinity.ts';
import type { Layout, Site } from './site.ts';

type Fits = (site: Site) => boolean;

/**
 * Constraints of DoNotSchedule, after pkg/scheduler/framework/plugins/podtopologyspread: on a node that has all the keys,
 * the pods of its place and this one are at most maxSkew more than in the place with the fewest.
 */
export function spread(pod: PlacedPod, { sites }: Layout): Fits {
  const hard = pod.spec.topologySpreadConstraints.filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway',
  );
  if (hard.length === 0) return () => true;
  const keyed = sites.filter(({ node }) =>
    hard.every(({ topologyKey }) => topologyKey in node.metadata.labels),
  );
  const allowed = hard.map((constraint) => skewOf(constraint, pod, keyed));
  return (site) =>
    hard.every(({ topologyKey }, index) => {
      const place = site.node.metadata.labels[topologyKey];
      return place !== undefined && allowed[index]?.(place) === true;
    });
}

function skewOf(
  constraint: SpreadConstraint,
  pod: PlacedPod,
  sites: readonly Site[],
): (place: string) => boolean {
  const selector = withKeys(
    constraint.labelSelector ?? { matchLabels: {}, matchExpressions: [] },
    constraint,
    pod,
  );
  // A selector that is missing matches nothing, and an empty one counts no pods.
  const counts = constraint.labelSelector != null && !selectsAll(selector);
  const counted = new Map<string, number>();
  for (const site of sites.filter((each) => isIncluded(constraint, pod, each))) {
    const place = site.node.metadata.labels[constraint.topologyKey] ?? '';
    const here = counts ? site.pods.filter((other) => isCounted(other)).length : 0;
    counted.set(place, (counted.get(place) ?? 0) + here);
  }
  const { minDomains, maxSkew } = constraint;
  const least = counted.size < (minDomains ?? 1) ? 0 : Math.min(...counted.values());
  const self = constraint.labelSelector != null && matches(selector, pod.metadata.labels) ? 1 : 0;
  return (place) => (counted.get(place) ?? 0) + self - least <= maxSkew;

  function isCounted({ metadata }: PlacedPod): boolean {
    return (
      metadata.deletionTimestamp == null &&
      metadata.namespace === pod.metadata.namespace &&
      matches(selector, metadata.labels)
    );
  }
}

/** nodeAffinityPolicy is Honor and nodeTaintsPolicy Ignore where they are not given. */
function isIncluded(
  { nodeAffinityPolicy, nodeTaintsPolicy }: SpreadConstraint,
  { spec }: PlacedPod,
  { node }: Site,
): boolean {
  if ((nodeAffinityPolicy ?? 'Honor') === 'Honor' && !asksFor(spec, node)) return false;
  return nodeTaintsPolicy !== 'Honor' || isTolerated(spec, node);
}
