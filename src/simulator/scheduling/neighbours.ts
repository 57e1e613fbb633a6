import type { Json, JsonObject } from '../json.ts';
import { namespaces } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';
import { at, listAt, numberAt, textAt, textsAt } from '../tree.ts';
import type { World } from '../world.ts';
import { selects, untolerated } from './node-rules.ts';

/** A node with the pods that are on it. */
export interface Place {
  readonly node: JsonObject;
  readonly pods: readonly JsonObject[];
}

const labelsOf = (object: JsonObject) => textsAt(object, 'metadata', 'labels');
const namespaceOf = (object: JsonObject) => textAt(object, 'metadata', 'namespace') ?? '';
const texts = (value: Json | undefined) => (Array.isArray(value) ? value.map(String) : []);

const required = (pod: JsonObject, kind: 'podAffinity' | 'podAntiAffinity') =>
  listAt(pod, 'spec', 'affinity', kind, 'requiredDuringSchedulingIgnoredDuringExecution');

/** Whether required affinity allows a pod on a node, its own and that of the pods that are there. */
export function isWelcome(world: World, pod: JsonObject, place: Place, all: readonly Place[]): boolean {
  const near = required(pod, 'podAffinity');
  const beside = (term: JsonObject, owner: JsonObject, meant: (other: JsonObject) => boolean) =>
    inDomain(term, place, all).some((other) => other !== owner && meant(other));
  const meantBy = (term: JsonObject, owner: JsonObject) => (other: JsonObject) =>
    means(world, term, owner, other);
  const everyTerm = (other: JsonObject) => near.every((term) => means(world, term, pod, other));
  const alone = !all.some(({ pods }) => pods.some(everyTerm)) && everyTerm(pod);
  const isNear = near.every(
    (term) => domainOf(term, place.node) !== undefined && (alone || beside(term, pod, everyTerm)),
  );
  if (!isNear) return false;
  if (required(pod, 'podAntiAffinity').some((term) => beside(term, pod, meantBy(term, pod)))) return false;
  return !all.some(({ node, pods }) =>
    pods.some((other) =>
      required(other, 'podAntiAffinity').some((term) => {
        const domain = domainOf(term, node);
        const same = domain !== undefined && domain === domainOf(term, place.node);
        return same && means(world, term, other, pod);
      }),
    ),
  );
}

const domainOf = (term: JsonObject, node: JsonObject) => labelsOf(node)[textAt(term, 'topologyKey') ?? ''];

function inDomain(term: JsonObject, { node }: Place, all: readonly Place[]): readonly JsonObject[] {
  const domain = domainOf(term, node);
  if (domain === undefined) return [];
  return all.filter((each) => domainOf(term, each.node) === domain).flatMap(({ pods }) => pods);
}

function means(world: World, term: JsonObject, owner: JsonObject, other: JsonObject): boolean {
  const named = texts(at(term, 'namespaces'));
  const selector = at(term, 'namespaceSelector');
  const own = named.length === 0 && selector === undefined && namespaceOf(owner) === namespaceOf(other);
  const space = world.store.get(namespaces, undefined, namespaceOf(other));
  const selected =
    selector !== undefined && matchesSelector(selector, space === undefined ? {} : labelsOf(space));
  if (!own && !named.includes(namespaceOf(other)) && !selected) return false;
  return matchesSelector(at(term, 'labelSelector'), labelsOf(other)) && sameKeys(term, owner, other);
}

/** matchLabelKeys and mismatchLabelKeys. */
function sameKeys(term: JsonObject, owner: JsonObject, other: JsonObject): boolean {
  const [own, theirs] = [labelsOf(owner), labelsOf(other)];
  const known = (key: string) => own[key] !== undefined;
  const same = texts(at(term, 'matchLabelKeys')).filter(known);
  const different = texts(at(term, 'mismatchLabelKeys')).filter(known);
  return same.every((key) => own[key] === theirs[key]) && different.every((key) => own[key] !== theirs[key]);
}

/** Whether the topologySpreadConstraints of DoNotSchedule allow a pod on a node. */
export function isSpread(pod: JsonObject, place: Place, all: readonly Place[]): boolean {
  const hard = listAt(pod, 'spec', 'topologySpreadConstraints').filter(
    (each) => each['whenUnsatisfiable'] !== 'ScheduleAnyway',
  );
  if (!hard.every((each) => domainOf(each, place.node) !== undefined)) return false;
  const keyed = all.filter(({ node }) => hard.every((each) => domainOf(each, node) !== undefined));
  return hard.every((constraint) => {
    const isOne = (other: JsonObject) => counts(constraint, pod, other);
    const found = countsOf(constraint, pod, keyed, isOne);
    const enough = found.size >= (numberAt(constraint, 'minDomains') ?? 1);
    const least = enough ? Math.min(...found.values()) : 0;
    const here = found.get(domainOf(constraint, place.node) ?? '') ?? 0;
    return here + (isOne(pod) ? 1 : 0) - least <= (numberAt(constraint, 'maxSkew') ?? 1);
  });
}

const counts = (constraint: JsonObject, pod: JsonObject, other: JsonObject): boolean =>
  namespaceOf(other) === namespaceOf(pod) &&
  at(other, 'metadata', 'deletionTimestamp') === undefined &&
  matchesSelector(at(constraint, 'labelSelector'), labelsOf(other)) &&
  sameKeys(constraint, pod, other);

/** Pods by domain, of the nodes that the policies of the constraint let count. */
function countsOf(
  constraint: JsonObject,
  pod: JsonObject,
  places: readonly Place[],
  isOne: (pod: JsonObject) => boolean,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const { node, pods } of places) {
    if (textAt(constraint, 'nodeAffinityPolicy') !== 'Ignore' && !selects(pod, node)) continue;
    if (textAt(constraint, 'nodeTaintsPolicy') === 'Honor' && untolerated(node, pod).length > 0) continue;
    const domain = domainOf(constraint, node) ?? '';
    found.set(domain, (found.get(domain) ?? 0) + pods.filter(isOne).length);
  }
  return found;
}
