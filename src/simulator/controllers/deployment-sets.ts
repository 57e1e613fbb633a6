import type { JsonObject } from '../json.ts';
import { nameOf, namespaceOf } from '../objects/identity.ts';
import { replicaSets } from '../resources.ts';
import { at, edited, numberAt, objectAt, put, textAt, textsAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';
import { record } from './events.ts';
import { ownerReference } from './ownership.ts';
import { plainTemplate, sameTemplate, shortHash, templateHashLabel, templateText } from './template.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const revisionHistory = 'deployment.kubernetes.io/revision-history';
const desiredReplicas = 'deployment.kubernetes.io/desired-replicas';
const maxReplicas = 'deployment.kubernetes.io/max-replicas';

/** Annotations that a ReplicaSet does not take over from its Deployment (deployment/util, annotationsToSkip). */
const notCopied = [
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistory,
  desiredReplicas,
  maxReplicas,
];

export function revisionOf(set: JsonObject): number {
  return Number(textAt(set, 'metadata', 'annotations', revisionAnnotation) ?? 0);
}

/** The ReplicaSet whose template is the Deployment's; the oldest, should there be several. */
export function findCurrent(deployment: JsonObject, sets: readonly JsonObject[]): JsonObject | undefined {
  return sets.find((set) => sameTemplate(set, deployment));
}

/** Creates the ReplicaSet for the Deployment's template, with no replicas yet. */
export function createCurrent(world: World, deployment: JsonObject, sets: readonly JsonObject[]): JsonObject {
  const template = plainTemplate(deployment);
  const hash = shortHash(templateText(deployment), 10);
  const labels = { ...objectAt(template, 'metadata', 'labels'), [templateHashLabel]: hash };
  const selector = edited(objectAt(deployment, 'spec', 'selector'), (draft) =>
    put(draft, ['matchLabels', templateHashLabel], hash),
  );
  const minReadySeconds = numberAt(deployment, 'spec', 'minReadySeconds');
  const set = {
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: annotationsFor(deployment, undefined, latest(sets) + 1),
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector,
      template: edited(template, (draft) => put(draft, ['metadata', 'labels'], labels)),
    },
    status: { replicas: 0 },
  };
  return world.store.create(replicaSets, set, controllerManager);
}

/** Gives the current set the highest revision number: an undo makes an old set the newest revision. */
export function renumber(
  world: World,
  deployment: JsonObject,
  current: JsonObject,
  old: readonly JsonObject[],
): JsonObject {
  const revision = Math.max(revisionOf(current), latest(old) + 1);
  const metadata = {
    ...objectAt(current, 'metadata'),
    annotations: annotationsFor(deployment, current, revision),
  };
  return world.store.update(replicaSets, { ...current, metadata }, controllerManager);
}

function latest(sets: readonly JsonObject[]): number {
  return Math.max(0, ...sets.map(revisionOf));
}

function annotationsFor(
  deployment: JsonObject,
  set: JsonObject | undefined,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(textsAt(deployment, 'metadata', 'annotations')).filter(
    ([key]) => !notCopied.includes(key),
  );
  const before = set === undefined ? {} : textsAt(set, 'metadata', 'annotations');
  const old = set === undefined ? revision : revisionOf(set);
  const history = [before[revisionHistory], old].filter((each) => each !== undefined).join(',');
  return {
    ...before,
    ...Object.fromEntries(copied),
    [revisionAnnotation]: String(revision),
    ...(old === revision ? {} : { [revisionHistory]: history }),
  };
}

/** Sets the replicas of one ReplicaSet and says so in an event of the Deployment. */
export function scaleSet(
  world: World,
  deployment: JsonObject,
  set: JsonObject,
  replicas: number,
  most: number,
): void {
  const from = numberAt(set, 'spec', 'replicas') ?? 0;
  const next = edited(set, (draft) => {
    put(draft, ['spec', 'replicas'], replicas);
    put(draft, ['metadata', 'annotations', desiredReplicas], String(at(deployment, 'spec', 'replicas') ?? 1));
    put(draft, ['metadata', 'annotations', maxReplicas], String(most));
  });
  world.store.update(replicaSets, next, controllerManager);
  if (from === replicas) return;
  const direction = from < replicas ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${nameOf(set)} from ${from} to ${replicas}`;
  record(world, deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message,
    component: 'deployment-controller',
  });
}

/** Removes the oldest empty ReplicaSets beyond revisionHistoryLimit. */
export function trimHistory(world: World, deployment: JsonObject, old: readonly JsonObject[]): void {
  const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10;
  const empty = old.filter(
    (set) => numberAt(set, 'spec', 'replicas') === 0 && numberAt(set, 'status', 'replicas') === 0,
  );
  const oldestFirst = empty.sort((left, right) => revisionOf(left) - revisionOf(right));
  for (const set of oldestFirst.slice(0, Math.max(0, old.length - limit)))
    world.store.remove(replicaSets, set);
}
