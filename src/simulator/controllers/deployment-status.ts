import type { JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { deployments } from '../resources.ts';
import { listAt, numberAt, objectAt, textAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { conditionOf, withCondition } from './conditions.ts';
import { revisionAnnotation, revisionOf } from './deployment-sets.ts';
import { withoutZeroes } from './replica-set.ts';
import { boundsOf } from './rolling-update.ts';

interface Counts {
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly terminating: number;
}

type Progress = {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
};

/** What happened to the current ReplicaSet in this pass. */
export type Turn = 'created' | 'found' | 'paused';

/** Writes status, revision annotation and conditions, and returns what is stored then (kubernetes/pkg/controller/deployment, progress.go, sync.go). */
export function writeStatus(
  world: World,
  deployment: JsonObject,
  sets: { readonly current: JsonObject | undefined; readonly all: readonly JsonObject[] },
  turn: Turn,
): JsonObject {
  const counts = countsOf(sets);
  const time = timestamp(world.now());
  const revision =
    sets.current === undefined ? {} : { [revisionAnnotation]: String(revisionOf(sets.current)) };
  const annotations = { ...objectAt(deployment, 'metadata', 'annotations'), ...revision };
  const conditions = conditionsFor(world, deployment, { counts, current: sets.current, turn, time });
  const next = {
    ...deployment,
    metadata: { ...objectAt(deployment, 'metadata'), annotations },
    status: { ...statusCounts(deployment, counts), conditions },
  };
  return world.store.update(deployments, next, statusWriter);
}

function countsOf({
  current,
  all,
}: {
  readonly current: JsonObject | undefined;
  readonly all: readonly JsonObject[];
}): Counts {
  const total = (key: string) => all.reduce((sum, set) => sum + (numberAt(set, 'status', key) ?? 0), 0);
  return {
    replicas: total('replicas'),
    updated: numberAt(current, 'status', 'replicas') ?? 0,
    ready: total('readyReplicas'),
    available: total('availableReplicas'),
    terminating: total('terminatingReplicas'),
  };
}

function statusCounts(deployment: JsonObject, counts: Counts): JsonObject {
  const shown = withoutZeroes({
    observedGeneration: numberAt(deployment, 'metadata', 'generation') ?? 0,
    replicas: counts.replicas,
    updatedReplicas: counts.updated,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    unavailableReplicas: Math.max(0, counts.replicas - counts.available),
  });
  return { ...shown, terminatingReplicas: counts.terminating };
}

interface Situation {
  readonly counts: Counts;
  readonly current: JsonObject | undefined;
  readonly turn: Turn;
  readonly time: string;
}

function conditionsFor(world: World, deployment: JsonObject, situation: Situation): JsonObject[] {
  const { counts, time } = situation;
  const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const enough = counts.available >= replicas - boundsOf(deployment, replicas).maxUnavailable;
  const before = listAt(deployment, 'status', 'conditions');
  const available = stamped(before, time, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough
      ? 'Deployment has minimum availability.'
      : 'Deployment does not have minimum availability.',
  });
  const progress = progressOf(world, deployment, situation);
  if (progress === undefined) return available;
  const moving = progress.reason === 'ReplicaSetUpdated';
  return stamped(
    available,
    time,
    { type: 'Progressing', ...progress },
    moving && movedOn(deployment, counts),
  );
}

/** Replaces a condition unless status and reason are the same; `again` moves lastUpdateTime all the same. */
function stamped(
  conditions: readonly JsonObject[],
  time: string,
  next: Progress & { readonly type: string },
  again = false,
): JsonObject[] {
  const current = conditions.find((each) => textAt(each, 'type') === next.type);
  const same = textAt(current, 'status') === next.status && textAt(current, 'reason') === next.reason;
  if (same && !again) return [...conditions];
  return withCondition(conditions, next, time).map((each) =>
    each['type'] === next.type ? { ...each, lastUpdateTime: time } : each,
  );
}

function progressOf(
  world: World,
  deployment: JsonObject,
  { counts, current, turn }: Situation,
): Progress | undefined {
  const before = conditionOf(deployment, 'Progressing');
  const reason = textAt(before, 'reason');
  if (turn === 'paused')
    return { status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  if (reason === 'DeploymentPaused')
    return { status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  const set = `ReplicaSet "${current === undefined ? '' : nameOf(current)}"`;
  if (turn === 'created')
    return {
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${current === undefined ? '' : nameOf(current)}"`,
    };
  const settled = counts.replicas === counts.updated && reason === 'NewReplicaSetAvailable';
  if (settled) return undefined;
  if (isComplete(deployment, counts))
    return {
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${set} has successfully progressed.`,
    };
  if (movedOn(deployment, counts))
    return { status: 'True', reason: 'ReplicaSetUpdated', message: `${set} is progressing.` };
  if (isLate(world, deployment, before))
    return {
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${set} has timed out progressing.`,
    };
  return reason === undefined
    ? { status: 'True', reason: 'FoundNewReplicaSet', message: `Found new replica set ${set.slice(11)}` }
    : undefined;
}

function isComplete(deployment: JsonObject, counts: Counts): boolean {
  const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1;
  return counts.updated === replicas && counts.replicas === replicas && counts.available === replicas;
}

/** Anything nearer to the goal than in the last status (deployment/util, DeploymentProgressing). */
function movedOn(deployment: JsonObject, counts: Counts): boolean {
  const before = (key: string) => numberAt(deployment, 'status', key) ?? 0;
  const oldPods = before('replicas') - before('updatedReplicas');
  return (
    counts.updated > before('updatedReplicas') ||
    counts.replicas - counts.updated < oldPods ||
    counts.ready > before('readyReplicas') ||
    counts.available > before('availableReplicas')
  );
}

/** No progress for progressDeadlineSeconds, counted from the last update of the condition. */
function isLate(world: World, deployment: JsonObject, progressing: JsonObject | undefined): boolean {
  const reason = textAt(progressing, 'reason');
  if (reason === 'ProgressDeadlineExceeded') return true;
  if (progressing === undefined || reason === 'NewReplicaSetAvailable') return false;
  // The stored time is cut to whole seconds: wait out the rest of that second.
  const since = Date.parse(textAt(progressing, 'lastUpdateTime') ?? '') + 999;
  return since + world.span(numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600) < world.now();
}
