import { matches } from '../../../../../domain/selector.ts';
import type { Selector } from '../../../client/objects.ts';
import type { AffinityTerm } from './affinity-shapes.ts';
import type { PlacedPod } from './placed-pod.ts';
import type { Layout, Site } from './site.ts';

/* Required affinity to pods and from them, after pkg/scheduler/framework/plugins/interpodaffinity/filtering.go. */

type Fits = (site: Site) => boolean;
const anywhere: Fits = () => true;

const near = ({ spec }: PlacedPod): readonly AffinityTerm[] =>
  spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
const away = ({ spec }: PlacedPod): readonly AffinityTerm[] =>
  spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

/** Each term: a pod that it means is in the same place. The first of a group that is to be together may be anywhere. */
export function together(pod: PlacedPod, layout: Layout): Fits {
  const terms = near(pod);
  if (terms.length === 0) return anywhere;
  const meant = (other: PlacedPod) => terms.every((term) => means(term, pod, other, layout));
  const found = terms.map((term) => placesOf(layout, term.topologyKey, meant));
  const first = found.every(({ size }) => size === 0) && meant(pod);
  return ({ node }) =>
    terms.every(({ topologyKey }, index) => {
      const place = node.metadata.labels[topologyKey];
      return place !== undefined && (first || found[index]?.has(place) === true);
    });
}

/** Each term: no pod that it means is in the same place; a node without the key is no place. */
export function apart(pod: PlacedPod, layout: Layout): Fits {
  const terms = away(pod);
  if (terms.length === 0) return anywhere;
  const taken = terms.map((term) =>
    placesOf(layout, term.topologyKey, (other) => means(term, pod, other, layout)),
  );
  return ({ node }) =>
    terms.every(({ topologyKey }, index) => {
      const place = node.metadata.labels[topologyKey];
      return place === undefined || taken[index]?.has(place) !== true;
    });
}

/** The same the other way round: what is there already keeps it away. */
export function welcome(pod: PlacedPod, layout: Layout): Fits {
  const barred: { key: string; place: string }[] = [];
  for (const { node, pods } of layout.sites)
    for (const other of pods)
      for (const term of away(other)) {
        const place = node.metadata.labels[term.topologyKey];
        if (place !== undefined && means(term, other, pod, layout))
          barred.push({ key: term.topologyKey, place });
      }
  if (barred.length === 0) return anywhere;
  return ({ node }) => !barred.some(({ key, place }) => node.metadata.labels[key] === place);
}

function placesOf({ sites }: Layout, key: string, isMeant: (pod: PlacedPod) => boolean): Set<string> {
  const found = new Set<string>();
  for (const { node, pods } of sites) {
    const place = node.metadata.labels[key];
    if (place !== undefined && !found.has(place) && pods.some(isMeant)) found.add(place);
  }
  return found;
}

/** Whether a term of `owner` means a pod: by namespace and by labels. */
function means(term: AffinityTerm, owner: PlacedPod, pod: PlacedPod, { namespaces }: Layout): boolean {
  const { namespace = '', labels } = pod.metadata;
  if (!isIn(term, owner, namespace, namespaces)) return false;
  return term.labelSelector != null && matches(withKeys(term.labelSelector, term, owner), labels);
}

function isIn(
  { namespaces: named, namespaceSelector }: AffinityTerm,
  owner: PlacedPod,
  namespace: string,
  namespaces: Layout['namespaces'],
): boolean {
  if (named.includes(namespace)) return true;
  if (namespaceSelector == null) return named.length === 0 && namespace === (owner.metadata.namespace ?? '');
  if (selectsAll(namespaceSelector)) return true;
  const labels = namespaces.get(namespace);
  // One whose labels are not known may be meant.
  return labels === undefined || matches(namespaceSelector, labels);
}

export const selectsAll = ({ matchLabels, matchExpressions }: Selector): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

/** matchLabelKeys and mismatchLabelKeys, as the API server writes them into the selector of a pod (applyMatchLabelKeysAndMismatchLabelKeys). */
export function withKeys(
  selector: Selector,
  {
    matchLabelKeys,
    mismatchLabelKeys = [],
  }: { readonly matchLabelKeys: readonly string[]; readonly mismatchLabelKeys?: readonly string[] },
  { metadata: { labels } }: PlacedPod,
): Selector {
  const wanted = (keys: readonly string[], operator: 'In' | 'NotIn') =>
    keys.flatMap((key) => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const more = [...wanted(matchLabelKeys, 'In'), ...wanted(mismatchLabelKeys, 'NotIn')];
  return more.length === 0
    ? selector
    : { ...selector, matchExpressions: [...selector.matchExpressions, ...more] };
}

/** Terms that tell namespaces by labels, which then have to be known. */
export function selectsNamespaces(pod: PlacedPod): boolean {
  return [...near(pod), ...away(pod)].some(
    ({ namespaceSelector }) => namespaceSelector != null && !selectsAll(namespaceSelector),
  );
}
