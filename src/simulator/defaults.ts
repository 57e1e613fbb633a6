import { isJsonObject, type Json, type JsonObject } from './json.ts';
import {
  autoscalers,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  pods,
  type Resource,
  replicaSets,
  services,
  statefulSets,
} from './resources.ts';
import { at, edited, isTrueAt, listAt, objectAt, put, textAt } from './tree.ts';

/** Values that the API server fills in (kubernetes/pkg/apis/<group>/v1/defaults.go), those that matter here. */
const specDefaults = new Map<Resource, JsonObject>([
  [
    deployments,
    {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate' },
    },
  ],
  [replicaSets, { replicas: 1 }],
  [
    statefulSets,
    {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  ],
  [daemonSets, { revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate' } }],
  [
    jobs,
    {
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    },
  ],
  [
    cronJobs,
    {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    },
  ],
  [pods, podDefaults()],
  [services, { type: 'ClusterIP', sessionAffinity: 'None' }],
  [
    autoscalers,
    {
      minReplicas: 1,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  ],
]);

const rollingDefaults = new Map<Resource, JsonObject>([
  [deployments, { maxUnavailable: '25%', maxSurge: '25%' }],
  [statefulSets, { partition: 0 }],
  [daemonSets, { maxUnavailable: 1, maxSurge: 0 }],
]);

function podDefaults(): JsonObject {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
  };
}

/** The object as the API server would store it: defaults filled in, nulls and empty optional fields left out. */
export function defaulted(resource: Resource, object: JsonObject): JsonObject {
  return edited(withoutNulls(object), (draft) => {
    const defaults = specDefaults.get(resource);
    if (defaults !== undefined) draft['spec'] = filledIn(objectAt(draft, 'spec'), defaults);
    fillInStrategy(resource, draft);
    if (resource === jobs) fillInCounts(draft);
    const template = templatePath(draft);
    if (template !== undefined)
      put(draft, [...template, 'spec'], filledIn(objectAt(draft, ...template, 'spec'), podDefaults()));
    for (const container of containersOf(draft)) fillInContainer(container);
    dropEmpty(draft);
  });
}

function filledIn(value: JsonObject, defaults: JsonObject): JsonObject {
  return { ...structuredClone(defaults), ...value };
}

function fillInStrategy(resource: Resource, draft: JsonObject): void {
  const rolling = rollingDefaults.get(resource);
  const field = resource === deployments ? 'strategy' : 'updateStrategy';
  if (rolling === undefined || textAt(draft, 'spec', field, 'type') !== 'RollingUpdate') return;
  put(
    draft,
    ['spec', field, 'rollingUpdate'],
    filledIn(objectAt(draft, 'spec', field, 'rollingUpdate'), rolling),
  );
}

/** One pod, unless the Job says how many run or how many are needed (SetDefaults_Job). */
function fillInCounts(draft: JsonObject): void {
  const { completions, parallelism } = objectAt(draft, 'spec');
  if (completions === undefined && parallelism === undefined) put(draft, ['spec', 'completions'], 1);
  if (parallelism === undefined) put(draft, ['spec', 'parallelism'], 1);
}

type Path = readonly [string, ...string[]];
const templatePaths: readonly Path[] = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
];

/** Where an object has its pod template, if it has one. */
export function templatePath(object: Json): Path | undefined {
  return templatePaths.find((path) => at(object, ...path) !== undefined);
}

/** The containers and init containers of a pod or of a workload's template. */
export function containersOf(object: Json): JsonObject[] {
  const template = templatePath(object);
  const spec = template === undefined ? at(object, 'spec') : at(object, ...template, 'spec');
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
}

function fillInContainer(container: JsonObject): void {
  const latest = /(^[^:]+|:latest)$/.test(textAt(container, 'image') ?? '');
  const defaults = {
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
  for (const [key, value] of Object.entries(defaults)) container[key] ??= value;
  if (listAt(container, 'env').length === 0) delete container['env'];
  for (const side of ['limits', 'requests'] as const)
    if (Object.keys(objectAt(container, 'resources', side)).length === 0)
      put(container, ['resources', side], undefined);
}

/** Fields with `omitempty` in k8s.io/api: their zero value is never stored, so `test ... null` holds for it. */
function dropEmpty(draft: JsonObject): void {
  for (const key of ['paused', 'unschedulable'] as const)
    if (at(draft, 'spec', key) !== undefined && !isTrueAt(draft, 'spec', key))
      put(draft, ['spec', key], undefined);
  if (at(draft, 'spec', 'minReadySeconds') === 0) put(draft, ['spec', 'minReadySeconds'], undefined);
  const taints = at(draft, 'spec', 'taints');
  if (Array.isArray(taints) && taints.length === 0) put(draft, ['spec', 'taints'], undefined);
  const templates = [draft, objectAt(draft, 'spec', 'template')];
  for (const holder of templates) {
    for (const key of ['annotations', 'labels'] as const) {
      const texts = at(holder, 'metadata', key);
      if (isJsonObject(texts) && Object.keys(texts).length === 0) put(holder, ['metadata', key], undefined);
    }
  }
}

function withoutNulls(object: JsonObject): JsonObject {
  const kept = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(
    kept.map(([key, value]) => [key, isJsonObject(value) ? withoutNulls(value) : listWithoutNulls(value)]),
  );
}

function listWithoutNulls(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return value.map((item) => (isJsonObject(item) ? withoutNulls(item) : item));
}
