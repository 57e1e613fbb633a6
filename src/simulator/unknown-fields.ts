import { containersOf, templatePath } from './defaults.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import {
  autoscalers,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  pods,
  type Resource,
  statefulSets,
} from './resources.ts';
import { objectAt } from './tree.ts';

/** The fields that k8s.io/api 0.36 has in the specs that people patch; other objects are not checked. */
const specFields = new Map<Resource, readonly string[]>([
  [
    deployments,
    [
      'minReadySeconds',
      'paused',
      'progressDeadlineSeconds',
      'replicas',
      'revisionHistoryLimit',
      'selector',
      'strategy',
      'template',
    ],
  ],
  [
    statefulSets,
    [
      'minReadySeconds',
      'ordinals',
      'persistentVolumeClaimRetentionPolicy',
      'podManagementPolicy',
      'replicas',
      'revisionHistoryLimit',
      'selector',
      'serviceName',
      'template',
      'updateStrategy',
      'volumeClaimTemplates',
    ],
  ],
  [autoscalers, ['behavior', 'maxReplicas', 'metrics', 'minReplicas', 'scaleTargetRef']],
  [
    jobs,
    [
      'activeDeadlineSeconds',
      'backoffLimit',
      'backoffLimitPerIndex',
      'completionMode',
      'completions',
      'managedBy',
      'manualSelector',
      'maxFailedIndexes',
      'parallelism',
      'podFailurePolicy',
      'podReplacementPolicy',
      'selector',
      'successPolicy',
      'suspend',
      'template',
      'ttlSecondsAfterFinished',
    ],
  ],
  [
    cronJobs,
    [
      'concurrencyPolicy',
      'failedJobsHistoryLimit',
      'jobTemplate',
      'schedule',
      'startingDeadlineSeconds',
      'successfulJobsHistoryLimit',
      'suspend',
      'timeZone',
    ],
  ],
  [daemonSets, ['minReadySeconds', 'revisionHistoryLimit', 'selector', 'template', 'updateStrategy']],
]);

const containerFields = [
  'args',
  'command',
  'env',
  'envFrom',
  'image',
  'imagePullPolicy',
  'lifecycle',
  'livenessProbe',
  'name',
  'ports',
  'readinessProbe',
  'resizePolicy',
  'resources',
  'restartPolicy',
  'restartPolicyRules',
  'securityContext',
  'startupProbe',
  'stdin',
  'stdinOnce',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'tty',
  'volumeDevices',
  'volumeMounts',
  'workingDir',
];

/**
 * Takes fields that Kubernetes does not know out of a draft and names them, such as `spec.futureField`. The API
 * server drops them as well, unless fieldValidation=Strict makes them an error.
 */
export function dropUnknownFields(resource: Resource, draft: JsonObject): string[] {
  const known = specFields.get(resource);
  const ofSpec = known === undefined ? [] : drop(objectAt(draft, 'spec'), known, 'spec');
  if (known === undefined && resource !== pods) return ofSpec;
  const path = [...(templatePath(draft) ?? []), 'spec', 'containers'].join('.');
  const ofContainers = containersOf(draft).flatMap((each, index) =>
    drop(each, containerFields, `${path}[${index}]`),
  );
  return [...ofSpec, ...ofContainers];
}

function drop(holder: JsonObject, known: readonly string[], path: string): string[] {
  if (!isJsonObject(holder)) return [];
  const unknown = Object.keys(holder).filter((key) => !known.includes(key));
  for (const key of unknown) delete holder[key];
  return unknown.map((key) => `${path}.${key}`);
}
