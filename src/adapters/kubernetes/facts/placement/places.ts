import type { Target } from '../../../../domain/action.ts';
import type { Effect } from '../../../../domain/effect.ts';
import type { WorkloadSubject } from '../../../../domain/facts/facts.ts';
import type { Hindrance, Places } from '../../../../domain/facts/places.ts';
import type { Reader } from '../../client/read.ts';
import { isReady } from '../node/subject.ts';
import type { Unknowns } from '../unknowns.ts';
import { type PlaceCensus, readCensus } from './census.ts';
import { alreadyNew, claimTemplatesOf, newPodOf, podNamed, type Written } from './new-pod.ts';
import { nodeSource } from './node-source.ts';
import { byNode, byOrdinal, daemonFor, nextOrdinals } from './one-by-one.ts';
import { goingFirst, type Rolling, recreate, rolling, start, uidsOf } from './rolling.ts';
import { sitesFor } from './scheduling/place.ts';
import { byName, type PlacedPod } from './scheduling/placed-pod.ts';
import { type Layout, layoutOf, take } from './scheduling/site.ts';
import { type Standing, silentEnds } from './silent-ends.ts';
import { readStopped } from './stopped.ts';
import { attempt, newTrial, type Trial } from './trial.ts';
import { unsure } from './unsure.ts';

/** What the action does to the target, and what it makes of it. */
export interface Change extends Written {
  readonly target: Target;
  readonly effect: Effect;
}

/** Whether anything of it starts pods that need a node; for those that leave a node see node/survey.ts. */
function startsPods({ subject, effect: { pods } }: Pick<Change, 'subject' | 'effect'>): boolean {
  if (subject.kind === 'pod' && subject.controller === undefined) return false;
  return subject.kind !== 'node' && pods.replaced + pods.started + pods.deleted + pods.released > 0;
}

/**
 * Reads where the new pods of a change could run, and tries them there; of pods that only stop, whether their nodes let them
 * end. Undefined where it does neither or where it cannot be told, which is noted.
 */
export async function readPlaces(
  reader: Reader,
  unknowns: Unknowns,
  change: Change,
): Promise<Places | undefined> {
  if (!startsPods(change)) return readStopped(reader, unknowns, change);
  const pod = newPodOf(change);
  if (pod === undefined) {
    unknowns.add('place of the pods', 'what they would be made from could not be read');
    return undefined;
  }
  const reason = unsure(pod) ?? unseen(change, pod);
  if (reason !== undefined) {
    unknowns.add('place of the pods', reason);
    return undefined;
  }
  const census = await readCensus(reader, unknowns, {
    pod,
    claims: claimsOfEach(change),
    own: ownNodes(change),
  });
  if (census === undefined || census.nodes.length === 0) return undefined;
  const places = tried(change, pod, census);
  if (places?.stuck === undefined || census.unread.size === 0) return places;
  const looked = census.nodes.length - census.unread.size;
  unknowns.add(
    'pods on the nodes',
    `${looked} of ${census.nodes.length} nodes were looked at: ${places.stuck.reason}`,
  );
  return undefined;
}

/** What a RuntimeClass adds to a pod is seen in one that runs, and nowhere else. */
function unseen({ running, needs, subject }: Change, { spec }: PlacedPod): string | undefined {
  const seen = subject.kind === 'pod' || (running !== undefined && needs.undo === undefined);
  if (!spec.runtimeClassName || seen) return undefined;
  return `RuntimeClass/${spec.runtimeClassName} may ask for more than the template`;
}

function ownNodes({ subject }: Change): string[] {
  const pods = subject.kind === 'workload' || subject.kind === 'job' ? subject.pods : [];
  const all = subject.kind === 'pod' ? [subject.pod] : pods;
  return [...new Set(all.flatMap(({ node }) => (node === undefined ? [] : [node])))].toSorted();
}

/** Of a StatefulSet, which has claims for each of its pods. */
function claimsOfEach({ raw, subject, target, effect: { size } }: Change): string[] {
  const templates = claimTemplatesOf(raw);
  if (templates.length === 0 || subject.kind !== 'workload') return [];
  const most = Math.max(subject.desired, size?.to ?? 0);
  const names = Array.from({ length: most }, (_, ordinal) => `${target.name}-${ordinal}`);
  return templates.flatMap((template) => names.map((name) => `${template}-${name}`));
}

/** @param pod what the new ones are like */
export function tried(change: Change, pod: PlacedPod, census: PlaceCensus): Places | undefined {
  const fresh = () => layoutNow(census);
  const { own, trial, down } = run(change, pod, census, fresh());
  if (trial === undefined) return undefined;
  const first = trial.stuck !== undefined && finishesGoingFirst(change, pod, own, fresh());
  const nodesFrom = nodeSource(census.nodes, census.pods);
  const held = [...trial.claims.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const by = hindranceOf(trial, pod, own, fresh());
  const silent = silentEnds(change, oldPods(change, own).map(standing), census.nodes);
  return {
    ...{ tried: trial.tried, placed: trial.placed },
    ...(trial.stuck === undefined ? {} : { stuck: stuckOf(trial.stuck, by, first) }),
    ...(held.length === 0 ? {} : { claims: held }),
    ...(down.length === 0 ? {} : { down: [...down] }),
    ...(silent.length === 0 ? {} : { silent }),
    ...(nodesFrom === undefined ? {} : { nodesFrom }),
  };
}

function stuckOf(
  { reason, claim }: NonNullable<Trial['stuck']>,
  by: Hindrance,
  first: boolean,
): NonNullable<Places['stuck']> {
  return {
    ...{ reason, by },
    ...(first ? { first: true as const } : {}),
    ...(claim === undefined ? {} : { claim }),
  };
}

/** Pods that are on their way out of a node that works are as good as gone. */
function layoutNow({ nodes, pods, ...around }: PlaceCensus): Layout {
  const working = new Set(nodes.filter(isReady).map(({ metadata }) => metadata.name));
  const staying = pods.filter(
    ({ metadata, spec }) => metadata.deletionTimestamp == null || !working.has(spec.nodeName ?? ''),
  );
  return layoutOf(nodes, staying, around);
}

interface Run {
  readonly trial: Trial | undefined;
  /** Pods of the target that are there now. */
  readonly own: readonly PlacedPod[];
  readonly down: readonly string[];
}

function run(change: Change, pod: PlacedPod, census: PlaceCensus, layout: Layout): Run {
  const { subject, effect, target } = change;
  const own = ownPods(change, census);
  const of = (trial: Trial | undefined): Run => ({ trial, own, down: [] });
  if (subject.kind === 'pod') return of(successor(change, pod, own, layout));
  if (subject.kind !== 'workload') return of(start(layout, pod, effect.pods.started));
  if (effect.pods.replaced === 0) return of(grown(change, subject, pod, layout));
  const old = oldPods(change, own);
  if (target.kind === 'DaemonSet') {
    const { strategy } = subject;
    const surges = strategy.type === 'RollingUpdate' && strategy.maxSurge > 0;
    const found = byNode(layout, { old, pod, surges });
    return { trial: found, own, down: found.down };
  }
  if (target.kind === 'StatefulSet') {
    const highest = old.toSorted(byName).slice(-effect.pods.replaced);
    return of(byOrdinal(layout, highest, pod, claimTemplatesOf(change.raw)));
  }
  const parts = partsOf(change, subject, pod, own);
  // With leave to take all of them away, none waits for a new one.
  const allGo = subject.strategy.type === 'Recreate' || parts.maxUnavailable >= parts.desired;
  if (allGo) return of(recreate(layout, parts));
  return of(rolling(layout, parts));
}

function ownPods({ subject }: Change, { pods }: PlaceCensus): PlacedPod[] {
  const facts = subject.kind === 'workload' || subject.kind === 'job' ? subject.pods : [];
  const uids = new Set((subject.kind === 'pod' ? [subject.pod] : facts).map(({ uid }) => uid));
  return pods.filter(({ metadata }) => uids.has(metadata.uid));
}

/** Those that a rollout replaces, without what is on its way out already. */
function oldPods(change: Change, own: readonly PlacedPod[]): PlacedPod[] {
  const isNew = alreadyNew(change, change.effect.rollout === 'releases');
  return own.filter((each) => each.metadata.deletionTimestamp == null && !isNew(hashOf(each)));
}

const standing = ({ metadata: { name }, spec: { nodeName: node } }: PlacedPod): Standing => ({ name, node });

const hashOf = ({ metadata: { labels } }: PlacedPod): string | undefined =>
  labels['pod-template-hash'] ?? labels['controller-revision-hash'];

function partsOf(
  change: Change,
  { desired, strategy }: WorkloadSubject,
  pod: PlacedPod,
  own: readonly PlacedPod[],
): Rolling {
  const old = oldPods(change, own);
  const living = own.filter(({ metadata }) => metadata.deletionTimestamp == null);
  const { maxSurge, maxUnavailable } =
    strategy.type === 'RollingUpdate' ? strategy : { maxSurge: 0, maxUnavailable: desired };
  return { desired, maxSurge, maxUnavailable, old, ready: living.length - old.length, pod };
}

function grown(
  { target, raw, effect: { pods } }: Change,
  { desired }: WorkloadSubject,
  pod: PlacedPod,
  layout: Layout,
): Trial {
  if (target.kind !== 'StatefulSet') return start(layout, pod, pods.started);
  const range = { name: target.name, from: desired, to: desired + pods.started };
  return nextOrdinals(layout, range, pod, claimTemplatesOf(raw));
}

/** What its controller starts in the place of a pod that is deleted or let go. */
function successor(
  { subject, effect }: Change,
  pod: PlacedPod,
  own: readonly PlacedPod[],
  layout: Layout,
): Trial | undefined {
  if (subject.kind !== 'pod' || subject.controller === undefined) return undefined;
  if (effect.pods.deleted > 0) take(layout, uidsOf(own));
  const trial = newTrial();
  const { node } = subject.pod;
  const daemon = subject.controller.kind === 'DaemonSet' && node !== undefined;
  const { name } = subject.pod;
  const next = podNamed(name, pod.metadata.namespace ?? '', pod.metadata.labels, pod.spec);
  attempt(trial, layout, daemon ? daemonFor(node, next) : next);
  return trial;
}

/** Whether a Deployment could be updated at all if old pods went before new ones start. */
function finishesGoingFirst(
  change: Change,
  pod: PlacedPod,
  own: readonly PlacedPod[],
  layout: Layout,
): boolean {
  const { subject, target, effect } = change;
  if (subject.kind !== 'workload' || target.kind !== 'Deployment' || effect.pods.replaced === 0) return false;
  if (subject.strategy.type !== 'RollingUpdate') return false;
  return rolling(layout, goingFirst(partsOf(change, subject, pod, own))).stuck === undefined;
}

/** Where the first pod of all finds no place among the target's own pods, and would without them, they are in the way. */
function hindranceOf(
  { stuck, first }: Trial,
  pod: PlacedPod,
  own: readonly PlacedPod[],
  layout: Layout,
): Hindrance {
  if (stuck === undefined || first !== true || stuck.by === 'room') return 'now';
  if (stuck.by === 'lasting') return 'lasting';
  take(layout, uidsOf(own));
  return sitesFor(pod, layout).kind === 'sites' ? 'own' : 'now';
}
