import type { JsonObject } from '../json.ts';
import { deployments, pods, replicaSets } from '../resources.ts';
import { isTrueAt, numberAt, textAt } from '../tree.ts';
import type { World } from '../world.ts';
import { conditionOf } from './conditions.ts';
import {
  createCurrent,
  findCurrent,
  renumber,
  revisionOf,
  scaleSet,
  trimHistory,
} from './deployment-sets.ts';
import { type Turn, writeStatus } from './deployment-status.ts';
import { ownedBy } from './ownership.ts';
import { boundsOf, nextNewReplicas, nextOldReplicas } from './rolling-update.ts';
import { isSame, isSettled, settle } from './settled.ts';

/** Rolls every Deployment towards its template (kubernetes/pkg/controller/deployment). */
export function deploymentController(world: World): void {
  for (const deployment of world.store.list(deployments)) {
    const before = ownedBy(world, deployment, replicaSets);
    if (isSettled(deployment, before)) continue;
    const turn = isTrueAt(deployment, 'spec', 'paused') ? hold(world, deployment) : roll(world, deployment);
    const all = ownedBy(world, deployment, replicaSets);
    const next = writeStatus(world, deployment, { current: findCurrent(deployment, all), all }, turn);
    if (next === deployment && isSame(before, all) && isOver(deployment)) settle(deployment, all);
  }
}

/** Whether neither its deadline nor the pods of an old ReplicaSet are waited for. */
const isOver = (deployment: JsonObject): boolean =>
  ['NewReplicaSetAvailable', 'DeploymentPaused'].includes(
    textAt(conditionOf(deployment, 'Progressing'), 'reason') ?? '',
  ) && textAt(deployment, 'spec', 'strategy', 'type') !== 'Recreate';

/** While paused nothing rolls, but a changed replica count still reaches the newest ReplicaSet that has pods. */
function hold(world: World, deployment: JsonObject): Turn {
  const sets = ownedBy(world, deployment, replicaSets).sort(
    (left, right) => revisionOf(right) - revisionOf(left),
  );
  const newest = sets.find((set) => wantedOf(set) > 0) ?? sets[0];
  if (newest === undefined) return 'paused';
  const others = sets.filter((set) => set !== newest).reduce((sum, set) => sum + wantedOf(set), 0);
  const replicas = Math.max(0, replicasOf(deployment) - others);
  if (asked(newest) !== String(replicasOf(deployment)))
    scaleSet(world, deployment, newest, replicas, replicas);
  return 'paused';
}

function roll(world: World, deployment: JsonObject): Turn {
  const sets = ownedBy(world, deployment, replicaSets);
  const found = findCurrent(deployment, sets);
  const old = sets.filter((set) => set !== found).sort((left, right) => revisionOf(left) - revisionOf(right));
  const current =
    found === undefined ? createCurrent(world, deployment, old) : renumber(world, deployment, found, old);
  if (textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate')
    recreate(world, deployment, current, old);
  else replaceGradually(world, deployment, current, old);
  if (old.every((set) => wantedOf(set) === 0)) trimHistory(world, deployment, old);
  return found === undefined ? 'created' : 'found';
}

/** First every old pod ends, then the new ones start. */
function recreate(
  world: World,
  deployment: JsonObject,
  current: JsonObject,
  old: readonly JsonObject[],
): void {
  const replicas = replicasOf(deployment);
  for (const set of old.filter((each) => wantedOf(each) > 0)) scaleSet(world, deployment, set, 0, replicas);
  const gone = old.every((set) => ownedBy(world, set, pods).length === 0);
  if (gone && (wantedOf(current) !== replicas || asked(current) === undefined))
    scaleSet(world, deployment, current, replicas, replicas);
}

function replaceGradually(
  world: World,
  deployment: JsonObject,
  current: JsonObject,
  old: readonly JsonObject[],
): void {
  const replicas = replicasOf(deployment);
  const bounds = boundsOf(deployment, replicas);
  const most = replicas + bounds.maxSurge;
  const wanted = nextNewReplicas(replicas, bounds, countOf(current), old.map(countOf));
  if (wanted !== wantedOf(current) || asked(current) !== String(replicas)) {
    scaleSet(world, deployment, current, wanted, most);
    if (wanted !== wantedOf(current)) return;
  }
  const next = nextOldReplicas(replicas, bounds, countOf(current), old.map(countOf));
  for (const [index, set] of old.entries()) {
    const replicasLeft = next[index] ?? 0;
    if (replicasLeft !== wantedOf(set)) scaleSet(world, deployment, set, replicasLeft, most);
  }
}

function countOf(set: JsonObject) {
  return { wanted: wantedOf(set), available: numberAt(set, 'status', 'availableReplicas') ?? 0 };
}

function wantedOf(set: JsonObject): number {
  return numberAt(set, 'spec', 'replicas') ?? 0;
}

function asked(set: JsonObject): string | undefined {
  return textAt(set, 'metadata', 'annotations', 'deployment.kubernetes.io/desired-replicas');
}

function replicasOf(deployment: JsonObject): number {
  return numberAt(deployment, 'spec', 'replicas') ?? 1;
}
